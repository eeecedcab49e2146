// SPDX-License-Identifier: MIT
//
// Bytes that are no request: the right status as plain text, then the end, which the client can
// read even if it is still sending.
#include "captured_log.hpp"
#include "http_client.hpp"
#include "running_server.hpp"
#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace nsqlookupd {
namespace {

using namespace test_support;

struct bad_request {
  std::string name;
  std::string bytes;
  int status;
};

void PrintTo(bad_request const& scenario, std::ostream* out) {
  *out << scenario.name;
}

std::string request(std::string const& fields, std::string const& body = {}) {
  return "POST /topic/create?topic=t1 HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}

std::string many_fields() {
  std::string fields;
  for (int number = 0; number < 10'000; ++number) {
    fields += "Field-" + std::to_string(number) + ": value\r\n";
  }
  return fields;
}

std::string many_chunks() {
  std::string body;
  for (int number = 0; number < 300; ++number) {
    body += "1000\r\n" + std::string(0x1000, 'x') + "\r\n";
  }
  return body;
}

std::string const chunked = "Transfer-Encoding: chunked\r\n";
std::string const three_bytes = "Content-Length: 3\r\n";
std::string const a_lot(100'000, 'x');

auto const bad_requests = testing::Values(
    bad_request{"garbage", "hello\r\n\r\n", 400},
    bad_request{"bad_method", "G@T /ping HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    bad_request{"space_in_target", "GET /pi ng HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    bad_request{"no_slash", "GET ping HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    bad_request{"bad_escape_in_path", "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    bad_request{"unknown_protocol", "GET /ping FTP/1.1\r\nHost: h\r\n\r\n", 400},
    bad_request{"tls_hello", std::string{"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", 11}, 400},
    bad_request{"half_a_line_end", "GET /ping HTTP/1.1\rHost: h\r\n\r\n", 400},
    bad_request{"no_host", "GET /ping HTTP/1.1\r\n\r\n", 400},
    bad_request{"field_without_colon", request("nocolon\r\n"), 400},
    bad_request{"space_before_colon", request("A : b\r\n"), 400},
    bad_request{"nul_in_value", request(std::string{"A: \0\r\n", 6}), 400},
    bad_request{"length_is_no_number", request("Content-Length: x\r\n"), 400},
    bad_request{"two_lengths", request(three_bytes + "Content-Length: 4\r\n", "abcd"), 400},
    bad_request{"equal_lengths_in_other_words",
                request(three_bytes + "Content-Length: 03\r\n", "abc"), 400},
    bad_request{"list_of_lengths", request("Content-Length: 3, 3\r\n", "abc"), 400},
    bad_request{"length_then_chunked", request(three_bytes + chunked, "0\r\n\r\n"), 400},
    bad_request{"chunked_then_length", request(chunked + three_bytes, "0\r\n\r\n"), 400},
    bad_request{"large_body", request("Content-Length: 1048577\r\n"), 413},
    bad_request{"large_chunks", request(chunked, many_chunks()), 413},
    bad_request{"large_chunk", request(chunked, "100001\r\n"), 413},
    bad_request{"other_expectation", request("Expect: x\r\n" + three_bytes, "abc"), 417},
    bad_request{"large_field", request("A: " + a_lot), 431},
    bad_request{"many_fields", request(many_fields()), 431},
    bad_request{"large_target", "GET /" + a_lot, 431},
    bad_request{"unknown_coding", request("Transfer-Encoding: gzip\r\n"), 501},
    bad_request{"coding_before_chunked", request("Transfer-Encoding: gzip, chunked\r\n"), 501},
    bad_request{"http_2", "GET /ping HTTP/2.0\r\nHost: h\r\n\r\n", 505});

class bad_requests_test : public testing::TestWithParam<bad_request> {
 protected:
  running_server server;
};
INSTANTIATE_TEST_SUITE_P(all, bad_requests_test, bad_requests,
                         [](auto const& test) { return test.param.name; });

TEST_P(bad_requests_test, are_refused) {
  http_client client{server.http_port()};
  client.send("GET /ping HTTP/1.1\r\nHost: h\r\n\r\n" + GetParam().bytes);
  EXPECT_EQ(client.receive_reply().body, "OK");
  auto const reply = client.receive_reply();
  EXPECT_EQ(reply.status(), GetParam().status);
  EXPECT_EQ(reply.field("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(reply.field("Connection"), "close");
  EXPECT_TRUE(reply.body.starts_with(std::to_string(GetParam().status))) << reply.body;
  client.send(std::string(1'000'000, 'x'));
  client.finish_sending();
  EXPECT_EQ(client.receive_to_end(), "");
  EXPECT_EQ(http_client{server.http_port()}.get("/topics").body, R"({"topics":[]})");
}

TEST(bad_request, of_http_2_without_asking_is_a_method_that_no_route_has) {
  running_server server;
  http_client client{server.http_port()};
  client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  auto const reply = client.receive_reply();
  EXPECT_EQ(reply.status(), 405);
  EXPECT_EQ(reply.field("Allow"), "GET, OPTIONS, POST");
  EXPECT_EQ(reply.field("X-Nsq-Content-Type"), "nsq; version=1.0");
  EXPECT_EQ(reply.field("Connection"), "close");
  EXPECT_EQ(reply.body, R"({"message":"METHOD_NOT_ALLOWED"})");
  client.finish_sending();
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST(bad_request, says_what_is_wrong_with_the_host) {
  running_server server;
  http_client client{server.http_port()};
  client.send("GET /ping HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.receive_reply().body, "400 Bad Request: missing required Host header");
}

TEST(bad_request, is_refused_when_its_fields_come_one_by_one) {
  running_server server;
  http_client client{server.http_port()};
  http_client other{server.http_port()};
  client.send("GET /ping HTTP/1.1\r\nHost: h\r\n");
  auto const field = "A: " + std::string(1'000, 'x') + "\r\n";
  for (int count = 0; count < 100 && !client.is_readable(); ++count) {
    client.send(field);
    ASSERT_EQ(other.get("/ping").body, "OK");
  }
  EXPECT_EQ(client.receive_reply().status(), 431);
}

TEST(bad_request, of_an_nsqd_is_named_in_the_log) {
  captured_log const log;
  running_server server;
  http_client client{server.http_port()};
  client.send("  V1PING\n");
  EXPECT_EQ(client.receive_reply().status(), 400);
  EXPECT_TRUE(log.wait_for("WARNING: client(" + client.name() +
                           ") speaks nsqd's TCP protocol to the HTTP port"));
}

TEST(bad_request, of_a_browser_is_named_in_the_log) {
  captured_log const log;
  running_server server;
  tcp_client client{server.tcp_port()};
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.receive_frame(), "E_BAD_PROTOCOL");
  EXPECT_TRUE(log.wait_for("WARNING: client(" + client.name() + ") speaks HTTP to the TCP port"));
}

}  // namespace
}  // namespace nsqlookupd
