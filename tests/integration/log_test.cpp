// SPDX-License-Identifier: MIT
//
// The log of ordinary sessions: these lines and no others, at DEBUG too.
#include <nsqlookupd/config/version.hpp>

#include "captured_log.hpp"
#include "http_client.hpp"
#include "lookup_client.hpp"
#include "running_server.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <regex>
#include <string>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using namespace test_support;
using lines = std::vector<std::string>;

class log_of : public testing::Test {
 protected:
  // The lines since the start of the server.
  [[nodiscard]] lines session_lines() const {
    auto all = log.lines();
    return {all.begin() + 3, all.end()};
  }

  captured_log log;
  std::optional<running_server> server{std::in_place};
};

TEST_F(log_of, start_and_stop) {
  auto const tcp = "127.0.0.1:" + std::to_string(server->tcp_port());
  auto const http = "127.0.0.1:" + std::to_string(server->http_port());
  server.reset();
  EXPECT_EQ(log.lines(), (lines{"INFO: " + config::version_line(), "INFO: TCP: listening on " + tcp,
                                "INFO: HTTP: listening on " + http, "INFO: TCP: closing " + tcp,
                                "INFO: HTTP: closing " + http, "INFO: stopped"}));
}

TEST_F(log_of, producer) {
  lookup_client producer{server->tcp_port()};
  auto const name = producer.name();
  producer.identify();
  for (auto const* const line :
       {"REGISTER t1 c1", "REGISTER t1 c1", "UNREGISTER t1 c1", "UNREGISTER t1", "UNREGISTER t1",
        "REGISTER t2 c2", "UNREGISTER t2", "REGISTER t3", "FOO\x1b[31m"}) {
    producer.command(line);
  }
  server->clock.advance(1500ms);
  EXPECT_EQ(producer.command("PING"), "OK");
  producer.finish_sending();
  EXPECT_EQ(producer.receive_to_end(), "");
  ASSERT_TRUE(log.wait_for("client(" + name + ") - "));

  auto const db = "INFO: DB: client(" + name + ") ";
  EXPECT_EQ(
      session_lines(),
      (lines{
          "INFO: TCP: new client(" + name + ")",
          "INFO: CLIENT(" + name + "): desired protocol magic '  V1'",
          "INFO: CLIENT(" + name + "): IDENTIFY Address:10.0.0.1 TCP:4150 HTTP:4151 Version:1.3.0",
          db + "REGISTER category:client key: subkey:",
          db + "REGISTER category:channel key:t1 subkey:c1",
          db + "REGISTER category:topic key:t1 subkey:",
          db + "UNREGISTER category:channel key:t1 subkey:c1",
          db + "UNREGISTER category:topic key:t1 subkey:",
          db + "REGISTER category:channel key:t2 subkey:c2",
          db + "REGISTER category:topic key:t2 subkey:",
          "WARNING: client(" + name + ") unexpected UNREGISTER category:channel key:t2 subkey:c2",
          db + "UNREGISTER category:topic key:t2 subkey:",
          db + "REGISTER category:topic key:t3 subkey:",
          "ERROR: [" + name + R"(] - E_INVALID invalid command FOO\x1b[31m)",
          "INFO: CLIENT(" + name + "): pinged (last ping 1.5s)",
          "INFO: PROTOCOL(V1): [" + name + "] exiting ioloop",
          db + "UNREGISTER category:client key: subkey:",
          db + "UNREGISTER category:topic key:t3 subkey:", "ERROR: client(" + name + ") - EOF"}));
}

TEST_F(log_of, clients_without_a_good_magic) {
  tcp_client silent{server->tcp_port()};
  silent.finish_sending();
  EXPECT_EQ(silent.receive_to_end(), "");
  ASSERT_TRUE(log.wait_for("failed to read"));
  tcp_client half{server->tcp_port()};
  half.send("  V");
  half.finish_sending();
  EXPECT_EQ(half.receive_to_end(), "");
  ASSERT_TRUE(log.wait_for("unexpected EOF"));
  tcp_client wrong{server->tcp_port()};
  wrong.send("  V2");
  EXPECT_EQ(wrong.receive_frame(), "E_BAD_PROTOCOL");
  ASSERT_TRUE(log.wait_for("bad protocol magic"));
  EXPECT_EQ(session_lines(),
            (lines{"INFO: TCP: new client(" + silent.name() + ")",
                   "ERROR: failed to read protocol version - EOF",
                   "INFO: TCP: new client(" + half.name() + ")",
                   "ERROR: failed to read protocol version - unexpected EOF",
                   "INFO: TCP: new client(" + wrong.name() + ")",
                   "INFO: CLIENT(" + wrong.name() + "): desired protocol magic '  V2'",
                   "ERROR: client(" + wrong.name() + ") bad protocol magic '  V2'"}));
}

TEST_F(log_of, error_that_ends_the_connection) {
  lookup_client client{server->tcp_port()};
  client.send("IDENTIFY\n\xff\xff\xff\xff");
  EXPECT_EQ(client.receive_frame(), "E_BAD_BODY IDENTIFY failed to read body");
  client.finish_sending();
  EXPECT_EQ(client.receive_to_end(), "");
  auto const end = "ERROR: client(" + client.name() + ") - E_BAD_BODY IDENTIFY failed to read body";
  ASSERT_TRUE(log.wait_for(end));
  EXPECT_EQ(session_lines().back(), end);
}

TEST_F(log_of, reset) {
  lookup_client client{server->tcp_port()};
  EXPECT_EQ(client.command("PING"), "OK");
  auto const name = client.name();
  client.reset();
  EXPECT_TRUE(log.wait_for("ERROR: client(" + name + ") - Connection reset by peer"));
}

// An access line, with the time that the request took left out.
std::string without_duration(std::string const& line) {
  static std::regex const duration{R"( [0-9]+(\.[0-9]+)?(ns|µs|ms|s)$)"};
  return std::regex_replace(line, duration, " TIME");
}

TEST_F(log_of, requests) {
  http_client client{server->http_port()};
  client.post("/channel/create?topic=t1&channel=c1");
  client.get("/lookup?topic=t1");
  client.get("/nosuch");
  client.post("/topic/delete?topic=t1");
  // These are not logged.
  client.get("/lookup/?topic=t1");
  client.send("OPTIONS /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  client.receive_reply();
  client.send("POST /topic/create?topic=t2 HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc");
  client.finish_sending();
  EXPECT_NE(client.receive_to_end(), "");

  auto found = session_lines();
  std::ranges::transform(found, found.begin(), without_duration);
  auto const by_client = " (" + client.name() + ") TIME";
  EXPECT_EQ(
      found,
      (lines{"INFO: DB: adding channel(c1) in topic(t1)", "INFO: DB: adding topic(t1)",
             "INFO: 200 POST /channel/create?topic=t1&channel=c1" + by_client,
             "INFO: 200 GET /lookup?topic=t1" + by_client, "INFO: 404 GET /nosuch" + by_client,
             "INFO: DB: removing channel(c1) from topic(t1)", "INFO: DB: removing topic(t1)",
             "INFO: 200 POST /topic/delete?topic=t1" + by_client,
             "INFO: 400 POST /topic/create?topic=t2" + by_client}));
}

TEST_F(log_of, client_that_makes_the_same_mistake_for_ever) {
  constexpr int mistakes = 1000;
  lookup_client client{server->tcp_port()};
  auto const name = client.name();
  std::string commands;
  for (int count = 0; count < mistakes; ++count) {
    commands += "FOO\n";
  }
  client.send(commands);
  client.finish_sending();
  auto const replies = client.receive_to_end();
  ASSERT_TRUE(log.wait_for("client(" + name + ") - EOF"));
  server.reset();
  log::stop();

  auto const all = log.lines();
  EXPECT_EQ(std::ranges::count(all, "ERROR: [" + name + "] - E_INVALID invalid command FOO"), 100);
  EXPECT_EQ(
      std::ranges::count(all, "ERROR: [" + name + "] - 900 more errors were left out within 10s"),
      1);
  // Each has its answer, logged or not.
  EXPECT_EQ(replies.size(), mistakes * frame("E_INVALID invalid command FOO").size());
}

}  // namespace
}  // namespace nsqlookupd
