// SPDX-License-Identifier: MIT
#include "server_process.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::frame;
using test_support::http_client;
using test_support::lookup_client;
using test_support::tcp_client;
using lines = std::vector<std::string>;

// A client that asks for far more than fits between it and the server, and reads nothing of it.
http_client stuck_client(server_process const& server) {
  auto setup = server.http_client();
  auto const long_name = std::string(61, 'x');
  for (int topic = 100; topic < 200; ++topic) {
    EXPECT_EQ(setup.post("/topic/create?topic=" + long_name + std::to_string(topic)).status(), 200);
  }
  std::string requests;
  for (int count = 0; count < 3000; ++count) {
    requests += "GET /topics HTTP/1.1\r\nHost: h\r\n\r\n";
  }
  http_client stuck{server.http_port(), "127.0.0.1", 4096};
  stuck.send(requests);
  return stuck;
}

class stopping : public testing::TestWithParam<int> {
 protected:
  server_process server;

  void expect_stop() { EXPECT_EQ(server.stop(GetParam()), 0); }
};

INSTANTIATE_TEST_SUITE_P(by, stopping, testing::Values(SIGTERM, SIGINT), [](auto const& signal) {
  return std::string{signal.param == SIGTERM ? "sigterm" : "sigint"};
});

TEST_P(stopping, without_clients_logs_the_signal_that_both_ports_close_and_the_end) {
  expect_stop();
  auto const logged = server.last_lines();
  EXPECT_EQ(sorted(logged),
            (lines{"INFO: HTTP: closing 127.0.0.1:" + std::to_string(server.http_port()),
                   "INFO: TCP: closing 127.0.0.1:" + std::to_string(server.tcp_port()),
                   GetParam() == SIGTERM ? "INFO: received SIGTERM" : "INFO: received SIGINT",
                   "INFO: stopped"}));
  EXPECT_EQ(logged.front().find("INFO: received "), 0U);
  EXPECT_EQ(logged.back(), "INFO: stopped");
}

TEST_P(stopping, is_no_error_of_the_clients) {
  auto producer = server.lookup_client();
  producer.identify();
  auto const silent = server.lookup_client();
  expect_stop();
  for (auto const& line : server.last_lines()) {
    EXPECT_EQ(line.find("ERROR"), std::string::npos) << line;
  }
}

TEST_P(stopping, does_not_wait_for_idle_clients) {
  auto producer = server.lookup_client();
  producer.identify();
  producer.command("REGISTER t c");
  auto consumer = server.http_client();
  EXPECT_EQ(consumer.get("/ping").body, "OK");
  expect_stop();
  EXPECT_EQ(producer.receive_to_end(), "");
  EXPECT_EQ(consumer.receive_to_end(), "");
}

TEST_P(stopping, does_not_wait_for_clients_without_magic) {
  tcp_client const silent{server.tcp_port()};
  tcp_client const half{server.tcp_port()};
  half.send("  ");
  tcp_client const no_request{server.http_port()};
  server.lines_through("TCP: new client(" + half.name());
  expect_stop();
}

TEST_P(stopping, does_not_wait_for_half_a_command_nor_answer_it) {
  auto const half_line = server.lookup_client();
  half_line.send("REGIS");
  auto half_size = server.lookup_client();
  half_size.send(std::string_view{"IDENTIFY\n\0\0", 11});
  auto half_body = server.lookup_client();
  half_body.send(test_support::identify().substr(0, 30));
  tcp_client half_head{server.http_port()};
  half_head.send("GET /ping HTTP/1.1\r\nHo");
  tcp_client half_request{server.http_port()};
  half_request.send("POST /topic/create?topic=t HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx");
  expect_stop();
  EXPECT_EQ(half_size.receive_to_end(), "");
  EXPECT_EQ(half_body.receive_to_end(), "");
  EXPECT_EQ(half_head.receive_to_end(), "");
  EXPECT_EQ(half_request.receive_to_end(), "");
}

TEST_P(stopping, does_not_wait_for_clients_that_do_not_read) {
  auto const stuck = stuck_client(server);
  auto const flooded = server.lookup_client();
  flooded.send_until_stuck(std::string(4000, 'x') + '\n', std::size_t{256} << 20U);
  expect_stop();
}

TEST_P(stopping, a_second_time_does_not_wait_at_all) {
  auto const stuck = stuck_client(server);
  server.process().send(GetParam());
  server.lines_through("HTTP: closing");
  expect_stop();
}

// The server stands still while all of it arrives, so that the signal is there before it has read
// any of the commands.
TEST_P(stopping, answers_what_was_received_before_the_signal) {
  auto producer = server.lookup_client();
  EXPECT_EQ(producer.command("PING"), "OK");
  auto consumer = server.http_client();
  EXPECT_EQ(consumer.get("/ping").body, "OK");
  server.process().pause();

  std::string commands = test_support::identify();
  std::string replies;
  // Few enough for the half second that is left, on a slow machine and under a sanitizer, too.
  for (int count = 0; count < 200; ++count) {
    commands += "REGISTER t" + std::to_string(count) + " c\n";
    replies += frame("OK");
  }
  producer.send(commands + "PI");
  consumer.send("GET /info HTTP/1.1\r\nHost: h\r\n\r\nGET /ping HTTP/1.1\r\nHost: h\r\n\r\nGE");
  server.process().send(GetParam());
  server.process().resume();

  EXPECT_TRUE(producer.receive_frame().starts_with(R"({"broadcast_address":)"));
  EXPECT_EQ(producer.receive_to_end(), replies);
  EXPECT_TRUE(consumer.receive_reply().body.starts_with(R"({"version":)"));
  EXPECT_EQ(consumer.receive_reply().body, "OK");
  EXPECT_EQ(consumer.receive_to_end(), "");
  EXPECT_EQ(server.wait_for_stop(), 0);
}

TEST_P(stopping, answers_clients_that_it_had_not_accepted_before_the_signal) {
  server.process().pause();
  lookup_client producer{server.tcp_port()};
  producer.send("PING\n");
  http_client consumer{server.http_port()};
  consumer.send("GET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  server.process().send(GetParam());
  server.process().resume();

  EXPECT_EQ(producer.receive_to_end(), frame("OK"));
  EXPECT_EQ(consumer.receive_reply().body, "OK");
  EXPECT_EQ(server.wait_for_stop(), 0);
}

TEST(stopping_with_threads, ends_in_time_too) {
  server_process server{{.flags = {"-threads=4"}}};
  auto producer = server.lookup_client();
  producer.identify();
  auto const stuck = stuck_client(server);
  EXPECT_TRUE(server.answers());
  EXPECT_EQ(server.stop(), 0);
}

TEST(sigpipe, is_ignored) {
  server_process server;
  server.process().send(SIGPIPE);
  EXPECT_TRUE(server.answers());
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace nsqlookupd::e2e
