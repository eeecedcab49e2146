// SPDX-License-Identifier: MIT
//
// HTTP clients that keep the server waiting.
#include "http_client.hpp"
#include "running_server.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using namespace test_support;

constexpr std::string_view ping_request = "GET /ping HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view half_body =
    "POST /topic/create?topic=t1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nabc";

class http_deadline : public testing::Test {
 protected:
  // Each test shortens the one it is about; the others are out of reach.
  static config::options patient() {
    auto settings = loopback_options();
    settings.handshake_timeout = 150ms;
    settings.http_header_timeout = 1h;
    settings.http_body_timeout = 1h;
    settings.http_idle_timeout = 1h;
    return settings;
  }

  static void let_time_pass(running_server const& server) {
    tcp_client silent{server.tcp_port()};
    ASSERT_EQ(silent.receive_to_end(), "");
  }

  // Sends `piece` each time that a while has passed, until the server has had enough.
  static void expect_cut_while_trickling(running_server const& server, tcp_client& client,
                                         std::string const& piece) {
    for (int count = 0; count < 10 && !client.is_readable(); ++count) {
      client.send(piece);
      let_time_pass(server);
    }
    ASSERT_TRUE(client.is_readable());
  }
};

class http_header_deadline : public http_deadline {
 protected:
  static config::options settings() {
    auto result = patient();
    result.http_header_timeout = 150ms;
    return result;
  }
  running_server server{settings()};
  http_client client{server.http_port()};
};

TEST_F(http_header_deadline, ends_a_client_that_sends_nothing) {
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_F(http_header_deadline, ends_a_client_with_half_a_head) {
  client.send("GET /ping HTTP/1.1\r\nHos");
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_F(http_header_deadline, ends_a_client_with_half_a_later_head) {
  for (std::string const half :
       {"G", "GET /ping HTTP/1.1\r\n", "GET /ping HTTP/1.1\r\nHost: h\r\n"}) {
    http_client later{server.http_port()};
    later.send(std::string{ping_request} + half);
    EXPECT_EQ(later.receive_reply().body, "OK");
    EXPECT_EQ(later.receive_to_end(), "");
  }
}

TEST_F(http_header_deadline, is_not_put_off_by_single_bytes) {
  client.send("GET /ping HTTP/1.1\r\nA: ");
  expect_cut_while_trickling(server, client, "x");
}

TEST_F(http_header_deadline, is_not_put_off_by_single_fields) {
  client.send("GET /ping HTTP/1.1\r\n");
  expect_cut_while_trickling(server, client, "A: x\r\n");
}

TEST_F(http_header_deadline, does_not_run_between_requests_nor_during_a_body) {
  EXPECT_EQ(client.get("/ping").body, "OK");
  http_client half{server.http_port()};
  half.send(half_body);
  let_time_pass(server);
  let_time_pass(server);
  EXPECT_EQ(client.get("/ping").body, "OK");
  half.send(std::string(997, 'x'));
  EXPECT_EQ(half.receive_reply().status(), 200);
}

class http_body_deadline : public http_deadline {
 protected:
  static config::options settings() {
    auto result = patient();
    result.http_body_timeout = 150ms;
    return result;
  }
  running_server server{settings()};
  http_client client{server.http_port()};
};

TEST_F(http_body_deadline, ends_a_client_with_half_a_body) {
  client.send(half_body);
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_F(http_body_deadline, ends_a_client_that_was_told_to_continue) {
  client.send(
      "POST /topic/create?topic=t1 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
      "Content-Length: 3\r\n\r\n");
  EXPECT_EQ(client.receive_to_end(), "HTTP/1.1 100 Continue\r\n\r\n");
}

TEST_F(http_body_deadline, is_not_put_off_by_single_bytes) {
  client.send(half_body);
  expect_cut_while_trickling(server, client, "x");
}

class http_idle_deadline : public http_deadline {
 protected:
  static config::options settings() {
    auto result = patient();
    result.http_idle_timeout = 150ms;
    return result;
  }
  running_server server{settings()};
  http_client client{server.http_port()};
};

TEST_F(http_idle_deadline, ends_a_client_between_requests) {
  EXPECT_EQ(client.get("/ping").body, "OK");
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_F(http_idle_deadline, does_not_run_within_a_request) {
  http_client later{server.http_port()};
  later.send(std::string{ping_request} + "GET /ping HTTP/1.1\r\nHost: h\r\n");
  EXPECT_EQ(later.receive_reply().body, "OK");
  let_time_pass(server);
  let_time_pass(server);
  later.send("\r\n");
  EXPECT_EQ(later.receive_reply().body, "OK");
}

}  // namespace
}  // namespace nsqlookupd
