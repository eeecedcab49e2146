// SPDX-License-Identifier: MIT
//
// stop(): requests that were received whole are answered, and no client is waited for.
#include "any_thread_count.hpp"
#include "captured_log.hpp"
#include "repeat.hpp"
#include "sanitized.hpp"
#include "v1_wire.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using namespace test_support;

class stop : public any_thread_count {};
INSTANTIATE_TEST_SUITE_P(threads, stop, one_and_four_threads());

constexpr int clients = 20;

// As much as a peer's kernel takes at once, and the server answers in its half second.
constexpr int pings = amount(2'000, 400);

std::string some_pings(std::string const& reply, std::string& replies) {
  std::string commands;
  for (int number = 0; number < pings; ++number) {
    commands += "PING\n";
    replies += frame(reply);
  }
  return commands;
}

TEST_P(stop, answers_the_commands_that_came_before) {
  std::string replies;
  auto const commands = some_pings("OK", replies);
  std::vector<std::unique_ptr<lookup_client>> waiting;
  for (int count = 0; count < clients; ++count) {
    waiting.push_back(std::make_unique<lookup_client>(server.tcp_port()));
    EXPECT_EQ(waiting.back()->command("PING"), "OK");
  }
  for (auto const& client : waiting) {
    client->send(commands);
  }
  server.stop();
  for (auto const& client : waiting) {
    EXPECT_TRUE(client->receive_to_end() == replies);
  }
  server.wait_for_end();
}

TEST_P(stop, answers_the_requests_that_came_before) {
  std::vector<std::unique_ptr<http_client>> waiting;
  for (int count = 0; count < clients; ++count) {
    waiting.push_back(std::make_unique<http_client>(server.http_port()));
    EXPECT_EQ(waiting.back()->get("/ping").body, "OK");
  }
  for (auto const& client : waiting) {
    client->send("GET /ping HTTP/1.1\r\nHost: h\r\n\r\nGET /topics HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  server.stop();
  for (auto const& client : waiting) {
    EXPECT_EQ(client->receive_reply().body, "OK");
    EXPECT_EQ(client->receive_reply().body, R"({"topics":[]})");
    EXPECT_EQ(client->receive_to_end(), "");
  }
  server.wait_for_end();
}

TEST_P(stop, serves_those_who_wait_to_be_accepted) {
  // Nobody is accepted before start(), and stop() was called by then.
  running_server late_server{settings(), running_server::not_yet{}};
  std::string replies;
  auto const commands = "  V1" + some_pings("OK", replies);
  std::vector<std::unique_ptr<tcp_client>> waiting;
  std::vector<std::unique_ptr<http_client>> http_waiting;
  for (int count = 0; count < clients; ++count) {
    waiting.push_back(std::make_unique<tcp_client>(late_server.tcp_port()));
    waiting.back()->send(commands);
    http_waiting.push_back(std::make_unique<http_client>(late_server.http_port()));
    http_waiting.back()->send("GET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  late_server.stop();
  late_server.start();
  for (auto const& client : waiting) {
    EXPECT_TRUE(client->receive_to_end() == replies);
  }
  for (auto const& client : http_waiting) {
    EXPECT_EQ(client->receive_reply().body, "OK");
  }
  late_server.wait_for_end();
}

TEST_P(stop, waits_for_nobody) {
  tcp_client without_magic{server.tcp_port()};
  tcp_client half_magic{server.tcp_port()};
  half_magic.send("  ");
  auto idle = new_lookup_client();
  idle.identify();
  EXPECT_EQ(idle.command("REGISTER t1"), "OK");
  auto half_line = new_lookup_client();
  half_line.send("PING\nPIN");
  EXPECT_EQ(half_line.receive_frame(), "OK");
  auto half_body = new_lookup_client();
  half_body.send(identify().substr(0, 30));
  auto idle_http = new_http_client();
  EXPECT_EQ(idle_http.get("/ping").body, "OK");
  auto half_head = new_http_client();
  half_head.send("GET /ping HTTP/1.1\r\n");
  lookup_client not_reading{server.tcp_port(), "127.0.0.1", 4096};
  not_reading.send_until_stuck(repeat("FOO\n", 10'000), 100'000'000);

  auto const begin = std::chrono::steady_clock::now();
  server.stop();
  server.wait_for_end();
  // It is to be a second. A server that waits for any of them takes ten times that, or for ever.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_EQ(idle.receive_to_end(), "");
  // Half a command has no answer: its sender is to try elsewhere.
  EXPECT_EQ(half_body.receive_to_end(), "");
  EXPECT_EQ(half_head.receive_to_end(), "");
}

TEST_P(stop, accepts_nobody_any_more) {
  auto const tcp_port = server.tcp_port();
  server.stop();
  server.wait_for_end();
  EXPECT_THROW(tcp_client{tcp_port}, std::runtime_error);
}

TEST_P(stop, may_be_called_again_and_later) {
  server.stop();
  server.stop();
  server.wait_for_end();
  server.stop();
}

}  // namespace
}  // namespace nsqlookupd
