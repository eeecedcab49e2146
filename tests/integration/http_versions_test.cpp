// SPDX-License-Identifier: MIT
//
// How long a connection lives by the client's version and wishes, and `Expect: 100-continue`.
#include "any_thread_count.hpp"

#include <string>

namespace nsqlookupd {
namespace {

using namespace test_support;

class http_versions : public any_thread_count {
 protected:
  http_client client{server.http_port()};
};
INSTANTIATE_TEST_SUITE_P(threads, http_versions, one_and_four_threads());

TEST_P(http_versions, end_the_connection_of_1_0) {
  client.send("GET /ping HTTP/1.0\r\n\r\n");
  auto const reply = client.receive_reply();
  EXPECT_EQ(reply.status_line, "HTTP/1.0 200 OK");
  EXPECT_EQ(reply.field("Connection"), "");
  EXPECT_EQ(reply.body, "OK");
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_P(http_versions, keep_the_connection_of_1_0_that_asks_for_it) {
  for (int round = 0; round < 2; ++round) {
    client.send("GET /ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    auto const reply = client.receive_reply();
    EXPECT_EQ(reply.status_line, "HTTP/1.0 200 OK");
    EXPECT_EQ(reply.field("Connection"), "keep-alive");
    EXPECT_EQ(reply.body, "OK");
  }
}

TEST_P(http_versions, end_the_connection_of_1_0_that_only_a_proxy_keeps) {
  client.send("GET /ping HTTP/1.0\r\nProxy-Connection: keep-alive\r\n\r\n");
  auto const reply = client.receive_reply();
  EXPECT_EQ(reply.field("Connection"), "");
  EXPECT_EQ(reply.body, "OK");
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_P(http_versions, end_the_connection_of_1_1_that_asks_for_it) {
  // The rest is discarded, and does not turn the end into a reset.
  client.send(
      "GET /ping HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
      "GET /topics HTTP/1.1\r\nHost: h\r\n\r\n");
  auto const reply = client.receive_reply();
  EXPECT_EQ(reply.field("Connection"), "close");
  EXPECT_EQ(reply.body, "OK");
  client.send(std::string(1'000'000, 'x'));
  client.finish_sending();
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_P(http_versions, say_continue_before_a_body_that_is_read) {
  client.send(
      "POST /topic/create?topic=t1 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
      "Content-Length: 3\r\n\r\n");
  EXPECT_EQ(client.receive_through("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abcGET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.receive_reply().status_line, "HTTP/1.1 200 OK");
  EXPECT_EQ(client.receive_reply().body, "OK");
}

TEST_P(http_versions, do_not_say_continue_when_the_body_is_there) {
  client.send(
      "POST /topic/create?topic=t1 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
      "Content-Length: 3\r\n\r\nabc");
  EXPECT_EQ(client.receive_reply().status_line, "HTTP/1.1 200 OK");
}

TEST_P(http_versions, answer_at_once_where_the_body_is_not_read) {
  for (std::string const target : {"/nosuch", "/topic/create?topic=%zz"}) {
    auto other = new_http_client();
    other.send("POST " + target +
               " HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    auto const reply = other.receive_reply();
    EXPECT_GE(reply.status(), 400) << target;
    EXPECT_EQ(reply.field("Connection"), "close");
    // It may have sent the body before it saw the answer.
    other.send("abc");
    other.finish_sending();
    EXPECT_EQ(other.receive_to_end(), "");
  }
}

TEST_P(http_versions, do_not_say_continue_to_1_0) {
  client.send(
      "POST /topic/create?topic=t1 HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(new_http_client().get("/ping").body, "OK");
  EXPECT_FALSE(client.is_readable());
  client.send("abc");
  EXPECT_EQ(client.receive_reply().status_line, "HTTP/1.0 200 OK");
}

}  // namespace
}  // namespace nsqlookupd
