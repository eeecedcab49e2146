// SPDX-License-Identifier: MIT
//
// One HTTP connection with many requests, however their bytes are cut.
#include <nsqlookupd/http/head.hpp>
#include <nsqlookupd/net/running_clock.hpp>

#include "any_thread_count.hpp"
#include "sanitized.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <thread>

namespace nsqlookupd {
namespace {

using namespace test_support;

class http_session : public any_thread_count {
 protected:
  void create_topics(int count) {
    for (int number = 0; number < count; ++number) {
      ASSERT_EQ(client.post("/topic/create?topic=" + topic(number)).status(), 200);
    }
  }

  static std::string topic(int number) { return std::string{"t"}.append(std::to_string(number)); }

  http_client client{server.http_port()};
};
INSTANTIATE_TEST_SUITE_P(threads, http_session, one_and_four_threads());

constexpr std::string_view whole_request =
    "POST /channel/create?topic=t1&channel=c1 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody";

TEST_P(http_session, keeps_the_connection) {
  auto const first = client.get("/ping");
  EXPECT_EQ(first.status_line, "HTTP/1.1 200 OK");
  EXPECT_EQ(first.field("Connection"), "");
  EXPECT_EQ(first.body, "OK");
  EXPECT_EQ(client.get("/nosuch").status(), 404);
  EXPECT_EQ(client.post("/ping").status(), 405);
  EXPECT_EQ(client.get("/topics").body, R"({"topics":[]})");
}

// Not by the clock that the registry goes by.
TEST_P(http_session, dates_its_replies_by_the_machines_clock) {
  auto const before = net::shown_time();
  std::string const date{client.get("/topics").field("Date")};
  auto const after = net::shown_time();
  EXPECT_TRUE(date == http::date_text(before) || date == http::date_text(after)) << date;
}

TEST_P(http_session, answers_one_write_of_requests_in_order) {
  create_topics(50);
  std::string requests;
  for (int round = 0; round < 200; ++round) {
    requests += "GET /lookup?topic=" + topic(round) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }
  client.send(requests);
  for (int round = 0; round < 200; ++round) {
    ASSERT_EQ(client.receive_reply().status(), round < 50 ? 200 : 404) << round;
  }
}

TEST_P(http_session, answers_a_client_that_is_slow_to_read) {
  constexpr int topics = 3'000;
  create_topics(topics);
  http_client slow{server.http_port(), "127.0.0.1", 4096};
  // More than the kernel holds: large replies and, between them, many small ones.
  constexpr int rounds = 300;
  constexpr int small_ones = amount(100, 30);
  std::string requests;
  for (int number = 0; number < rounds * small_ones; ++number) {
    if (number % small_ones == 0) {
      requests += "GET /topics HTTP/1.1\r\nHost: h\r\n\r\n";
    }
    requests += "GET /lookup?topic=" + topic(number) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }
  std::jthread const sender{[&] { slow.send(requests); }};
  auto const all = client.get("/topics").body;
  slow.widen_buffer();
  for (int number = 0; number < rounds * small_ones; ++number) {
    if (number % small_ones == 0) {
      ASSERT_EQ(slow.receive_reply().body, all) << number;
    }
    ASSERT_EQ(slow.receive_reply().status(), number < topics ? 200 : 404) << number;
  }
}

TEST_P(http_session, takes_a_request_in_two_pieces_cut_anywhere) {
  auto other = new_http_client();
  for (std::size_t cut = 1; cut < whole_request.size(); ++cut) {
    client.send(whole_request.substr(0, cut));
    // By the time that this is answered, the first piece has been read.
    ASSERT_EQ(other.get("/ping").body, "OK");
    ASSERT_FALSE(client.is_readable()) << cut;
    client.send(whole_request.substr(cut));
    auto const reply = client.receive_reply();
    ASSERT_EQ(reply.status_line, "HTTP/1.1 200 OK") << cut;
  }
  EXPECT_EQ(client.get("/channels?topic=t1").body, R"({"channels":["c1"]})");
}

TEST_P(http_session, takes_each_byte_by_itself) {
  auto other = new_http_client();
  for (char const byte : whole_request) {
    client.send({&byte, 1});
    ASSERT_EQ(other.get("/ping").body, "OK");
  }
  EXPECT_EQ(client.receive_reply().status(), 200);
}

TEST_P(http_session, reads_bodies_and_lets_them_go) {
  for (std::size_t const size :
       {std::size_t{0}, std::size_t{1}, std::size_t{100'000}, std::size_t{1} << 20U}) {
    client.send("POST /topic/create?topic=t1 HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                std::to_string(size) + "\r\n\r\n" + std::string(size, 'x'));
    EXPECT_EQ(client.receive_reply().status(), 200) << size;
  }
  // Where the route does not care, too.
  client.send("GET /ping HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(client.receive_reply().body, "OK");
  EXPECT_EQ(client.get("/topics").body, R"({"topics":["t1"]})");
}

TEST_P(http_session, reads_chunked_bodies) {
  client.send(
      "POST /topic/create?topic=t1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n1;a=b\r\n!\r\n0\r\nTrailer: x\r\n\r\n"
      "GET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.receive_reply().status(), 200);
  EXPECT_EQ(client.receive_reply().body, "OK");
}

TEST_P(http_session, takes_one_length_said_twice) {
  client.send(
      "POST /topic/create?topic=t1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
      "Content-Length: 3\r\n\r\nabc");
  EXPECT_EQ(client.receive_reply().status(), 200);
  EXPECT_EQ(client.get("/ping").body, "OK");
}

TEST_P(http_session, answers_head_without_a_body) {
  client.send("HEAD /ping HTTP/1.1\r\nHost: h\r\n\r\nGET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  auto const head = client.receive_head();
  EXPECT_EQ(head.status_line, "HTTP/1.1 405 Method Not Allowed");
  EXPECT_EQ(head.field("Content-Length"), "32");
  EXPECT_EQ(client.receive_reply().status_line, "HTTP/1.1 200 OK");
}

TEST_P(http_session, answers_head_with_the_length_of_get) {
  for (std::string const path :
       {"/livez", "/readyz?verbose", "/openapi.json", "/config/log_level"}) {
    auto const length = std::to_string(client.get(path).body.size());
    client.send("HEAD " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
    auto const head = client.receive_head();
    EXPECT_EQ(head.status_line, "HTTP/1.1 200 OK") << path;
    EXPECT_EQ(head.field("Content-Length"), length) << path;
  }
  client.send("HEAD /metrics HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.receive_head().status_line, "HTTP/1.1 200 OK");
  EXPECT_EQ(client.get("/ping").body, "OK");
}

TEST_P(http_session, skips_an_empty_line_after_a_body) {
  // As a library of the nineties ends its bodies.
  client.send(
      "POST /topic/create?topic=t1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc\r\n");
  EXPECT_EQ(client.receive_reply().status(), 200);
  client.send("GET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.receive_reply().body, "OK");
  client.send("\r\n");
  client.finish_sending();
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_P(http_session, finds_the_route_of_an_absolute_target) {
  create_topics(1);
  client.send(
      "GET http://example.org:4161/lookup?topic=t0 HTTP/1.1\r\nHost: example.org:4161\r\n"
      "Authorization: Basic bnNxOm5zcQ==\r\n\r\n");
  EXPECT_EQ(client.receive_reply().body, R"({"channels":[],"producers":[]})");
}

TEST_P(http_session, takes_an_empty_host) {
  client.send("GET /ping HTTP/1.1\r\nHost:\r\n\r\n");
  EXPECT_EQ(client.receive_reply().body, "OK");
}

TEST_P(http_session, ends_when_the_client_does) {
  EXPECT_EQ(client.get("/ping").body, "OK");
  client.finish_sending();
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_P(http_session, answers_all_to_a_client_that_sends_no_more) {
  client.send("GET /ping HTTP/1.1\r\nHost: h\r\n\r\nGET /topics HTTP/1.1\r\nHost: h\r\n\r\n");
  client.finish_sending();
  EXPECT_EQ(client.receive_reply().body, "OK");
  EXPECT_EQ(client.receive_reply().body, R"({"topics":[]})");
  EXPECT_EQ(client.receive_to_end(), "");
}

}  // namespace
}  // namespace nsqlookupd
