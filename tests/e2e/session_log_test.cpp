// SPDX-License-Identifier: MIT
#include "server_process.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::tcp_client;
using lines = std::vector<std::string>;

class session_log : public testing::TestWithParam<char const*> {
 protected:
  server_process server{{.flags = {std::string{"-log-level="} + GetParam()}}};
};

INSTANTIATE_TEST_SUITE_P(at, session_log, testing::Values("info", "debug"),
                         [](auto const& level) { return std::string{level.param}; });

TEST_P(session_log, of_an_ordinary_producer_has_these_lines_and_no_others) {
  auto client = server.lookup_client();
  auto const& name = client.name();
  client.identify("10.0.0.1");
  for (auto const* const command :
       {"REGISTER t1 c1", "REGISTER t1 c1", "REGISTER t2", "PING", "UNREGISTER t1 c1",
        "UNREGISTER t1", "UNREGISTER t1", "UNREGISTER unknown c", "REGISTER t3 c3"}) {
    EXPECT_EQ(client.command(command), "OK") << command;
  }
  client.finish_sending();
  EXPECT_EQ(client.receive_to_end(), "");

  auto const db = "INFO: DB: client(" + name + ") ";
  auto const logged = server.lines_through("ERROR: ");
  ASSERT_EQ(logged.size(), 18U);
  EXPECT_EQ((lines{logged.begin(), logged.begin() + 13}),
            (lines{"INFO: TCP: new client(" + name + ")",
                   "INFO: CLIENT(" + name + "): desired protocol magic '  V1'",
                   "INFO: CLIENT(" + name +
                       "): IDENTIFY Address:10.0.0.1 TCP:4150 HTTP:4151 Version:1.3.0",
                   db + "REGISTER category:client key: subkey:",
                   db + "REGISTER category:channel key:t1 subkey:c1",
                   db + "REGISTER category:topic key:t1 subkey:",
                   db + "REGISTER category:topic key:t2 subkey:",
                   "INFO: CLIENT(" + name + "): pinged (last ping …)",
                   db + "UNREGISTER category:channel key:t1 subkey:c1",
                   db + "UNREGISTER category:topic key:t1 subkey:",
                   db + "REGISTER category:channel key:t3 subkey:c3",
                   db + "REGISTER category:topic key:t3 subkey:",
                   "INFO: PROTOCOL(V1): [" + name + "] exiting ioloop"}));
  // The rest of its registrations is given back in any order.
  EXPECT_EQ(sorted({logged.begin() + 13, logged.begin() + 17}),
            (lines{db + "UNREGISTER category:channel key:t3 subkey:c3",
                   db + "UNREGISTER category:client key: subkey:",
                   db + "UNREGISTER category:topic key:t2 subkey:",
                   db + "UNREGISTER category:topic key:t3 subkey:"}));
  EXPECT_EQ(logged[17], "ERROR: client(" + name + ") - EOF");
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(sorted(server.last_lines()),
            (lines{"INFO: HTTP: closing 127.0.0.1:" + std::to_string(server.http_port()),
                   "INFO: TCP: closing 127.0.0.1:" + std::to_string(server.tcp_port()),
                   "INFO: received SIGTERM", "INFO: stopped"}));
}

TEST_P(session_log, of_http_clients_has_these_lines_and_no_others) {
  auto client = server.http_client();
  for (auto const* const request :
       {"GET /ping", "POST /topic/create?topic=x", "POST /channel/create?topic=x&channel=y",
        "POST /topic/tombstone?topic=x&node=h:4151", "POST /channel/delete?topic=x&channel=y",
        "POST /channel/create?topic=x&channel=z", "POST /topic/delete?topic=x", "GET /nosuch",
        "PUT /ping", "GET /lookup?topic=nosuch", "GET /lookup", "GET /ping/", "OPTIONS /ping",
        "GET /debug/pprof/cmdline", "GET /lookup?topic=a%0ab%20c", "GET /p%69ng"}) {
    client.send(std::string{request} + " HTTP/1.1\r\nHost: h\r\n\r\n");
    client.receive_reply();
  }
  EXPECT_EQ(server.stop(), 0);

  auto const end = " (" + client.name() + ") …";
  auto logged = server.last_lines();
  constexpr std::size_t lines_of_stopping = 4;
  ASSERT_GE(logged.size(), lines_of_stopping);
  logged.resize(logged.size() - lines_of_stopping);
  EXPECT_EQ(logged, (lines{"INFO: 200 GET /ping" + end,
                           "INFO: DB: adding topic(x)",
                           "INFO: 200 POST /topic/create?topic=x" + end,
                           "INFO: DB: adding channel(y) in topic(x)",
                           "INFO: DB: adding topic(x)",
                           "INFO: 200 POST /channel/create?topic=x&channel=y" + end,
                           "INFO: DB: setting tombstone for producer@h:4151 of topic(x)",
                           "INFO: 200 POST /topic/tombstone?topic=x&node=h:4151" + end,
                           "INFO: DB: removing channel(y) from topic(x)",
                           "INFO: 200 POST /channel/delete?topic=x&channel=y" + end,
                           "INFO: DB: adding channel(z) in topic(x)",
                           "INFO: DB: adding topic(x)",
                           "INFO: 200 POST /channel/create?topic=x&channel=z" + end,
                           "INFO: DB: removing channel(z) from topic(x)",
                           "INFO: DB: removing topic(x)",
                           "INFO: 200 POST /topic/delete?topic=x" + end,
                           "INFO: 404 GET /nosuch" + end,
                           "INFO: 405 PUT /ping" + end,
                           "INFO: 404 GET /lookup?topic=nosuch" + end,
                           "INFO: 400 GET /lookup" + end,
                           "INFO: 404 GET /lookup?topic=a%0ab%20c" + end,
                           "INFO: 200 GET /p%69ng" + end}));
}

TEST_P(session_log, of_client_errors_says_what_was_answered_and_why) {
  auto client = server.lookup_client();
  auto const& name = client.name();
  client.command("REGISTER t");
  client.send(test_support::identify("{"));
  EXPECT_TRUE(client.receive_frame().starts_with("E_BAD_BODY "));
  client.identify();
  client.command("REGISTER bad$topic");
  client.reset();

  auto const error = "ERROR: [" + name + "] - ";
  auto logged = server.lines_through("ERROR: client(" + name + ")");
  std::erase_if(logged, [](std::string const& line) { return !line.starts_with("ERROR: "); });
  ASSERT_EQ(logged.size(), 4U);
  EXPECT_EQ(logged[0], error + "E_INVALID client must IDENTIFY");
  auto const undecodable = error + "E_BAD_BODY IDENTIFY failed to decode JSON body - ";
  EXPECT_TRUE(logged[1].starts_with(undecodable) && logged[1].size() > undecodable.size())
      << logged[1];
  EXPECT_EQ(logged[2], error + "E_BAD_TOPIC REGISTER topic name 'bad$topic' is not valid");
  EXPECT_EQ(logged[3], "ERROR: client(" + name + ") - Connection reset by peer");
}

TEST_P(session_log, of_clients_that_never_get_to_speak) {
  tcp_client silent{server.tcp_port()};
  silent.finish_sending();
  EXPECT_EQ(server.lines_through("ERROR: "),
            (lines{"INFO: TCP: new client(" + silent.name() + ")",
                   "ERROR: failed to read protocol version - EOF"}));

  tcp_client brief{server.tcp_port()};
  brief.send("  V");
  brief.finish_sending();
  EXPECT_EQ(server.lines_through("ERROR: "),
            (lines{"INFO: TCP: new client(" + brief.name() + ")",
                   "ERROR: failed to read protocol version - unexpected EOF"}));

  tcp_client wrong{server.tcp_port()};
  wrong.send("  V9");
  EXPECT_EQ(wrong.receive_frame(), "E_BAD_PROTOCOL");
  EXPECT_EQ(server.lines_through("ERROR: "),
            (lines{"INFO: TCP: new client(" + wrong.name() + ")",
                   "INFO: CLIENT(" + wrong.name() + "): desired protocol magic '  V9'",
                   "ERROR: client(" + wrong.name() + ") bad protocol magic '  V9'"}));
}

TEST_P(session_log, has_control_bytes_of_clients_as_escapes) {
  tcp_client client{server.tcp_port()};
  client.send(std::string_view{"\x1b\n\0x", 4});
  EXPECT_EQ(client.receive_frame(), "E_BAD_PROTOCOL");
  EXPECT_EQ(server.lines_through("ERROR: ").back(),
            "ERROR: client(" + client.name() + R"() bad protocol magic '\x1b\n\x00x')");

  auto producer = server.lookup_client();
  producer.send(test_support::identify(
      R"({"broadcast_address":"a\n[nsqlookupd] ","tcp_port":1,"http_port":2,"version":"\u001b[31m"})"));
  EXPECT_TRUE(producer.receive_frame().starts_with("{"));
  EXPECT_EQ(server.lines_through("IDENTIFY Address").back(),
            "INFO: CLIENT(" + producer.name() +
                R"(): IDENTIFY Address:a\n[nsqlookupd]  TCP:1 HTTP:2 Version:\x1b[31m)");
  producer.command("FOO\x1b[31m\r\x7f.");
  EXPECT_EQ(server.lines_through("ERROR: ").back(),
            "ERROR: [" + producer.name() + R"(] - E_INVALID invalid command FOO\x1b[31m\r\x7f.)");
}

TEST(session_log_with_close, names_the_error_again_when_it_ends_the_connection) {
  server_process server{{.flags = {"-client-error-policy=close"}}};
  auto client = server.lookup_client();
  client.command("FOO");
  EXPECT_EQ(client.receive_to_end(), "");
  EXPECT_EQ(server.lines_through("ERROR: client("),
            (lines{"INFO: TCP: new client(" + client.name() + ")",
                   "INFO: CLIENT(" + client.name() + "): desired protocol magic '  V1'",
                   "ERROR: [" + client.name() + "] - E_INVALID invalid command FOO",
                   "INFO: PROTOCOL(V1): [" + client.name() + "] exiting ioloop",
                   "ERROR: client(" + client.name() + ") - E_INVALID invalid command FOO"}));
}

}  // namespace
}  // namespace nsqlookupd::e2e
