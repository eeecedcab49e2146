// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

constexpr std::string_view date = "Mon, 23 Nov 2026 05:31:17 GMT";

std::string head(reply const& what, http_version version = http_version::http_1_1,
                 connection_header connection = connection_header::none) {
  std::string out;
  append_head(what, version, connection, date, out);
  return out;
}

TEST(append_head, json) {
  EXPECT_EQ(head({.body = "{}", .content = content_type::json, .nsq_content_type = true}),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: application/json; charset=utf-8\r\n"
            "X-Nsq-Content-Type: nsq; version=1.0\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 2\r\n\r\n");
}

TEST(append_head, nothing) {
  EXPECT_EQ(head({.nsq_content_type = true}),
            "HTTP/1.1 200 OK\r\n"
            "X-Nsq-Content-Type: nsq; version=1.0\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 0\r\n\r\n");
}

TEST(append_head, text) {
  EXPECT_EQ(head({.body = "OK", .content = content_type::text}),
            "HTTP/1.1 200 OK\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 2\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\n");
}

TEST(append_head, everything) {
  EXPECT_EQ(head({.status = 405,
                  .body = "0123456789",
                  .content = content_type::html,
                  .allow = "GET, OPTIONS",
                  .location = "/ping",
                  .nsq_content_type = true,
                  .no_sniff = true},
                 http_version::http_1_1, connection_header::close),
            "HTTP/1.1 405 Method Not Allowed\r\n"
            "Allow: GET, OPTIONS\r\n"
            "Content-Type: text/html; charset=utf-8\r\n"
            "Location: /ping\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "X-Nsq-Content-Type: nsq; version=1.0\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 10\r\n"
            "Connection: close\r\n\r\n");
}

TEST(append_head, http_1_0) {
  EXPECT_EQ(head({}, http_version::http_1_0, connection_header::keep_alive),
            "HTTP/1.0 200 OK\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 0\r\n"
            "Connection: keep-alive\r\n\r\n");
  EXPECT_TRUE(
      head({.status = 404}, http_version::http_1_0).starts_with("HTTP/1.0 404 Not Found\r\n"));
}

TEST(append_head, reply_that_closes_says_so_whatever_was_asked) {
  auto const closing = head({.close = true}, http_version::http_1_1, connection_header::keep_alive);
  EXPECT_NE(closing.find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_EQ(closing.find("keep-alive"), std::string::npos);
}

TEST(append_head, without_a_date) {
  std::string out;
  append_head({}, http_version::http_1_1, connection_header::none, {}, out);
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST(append_head, goes_after_what_is_there) {
  std::string out = "before";
  append_head({}, http_version::http_1_1, connection_header::none, date, out);
  EXPECT_TRUE(out.starts_with("beforeHTTP/1.1 200 OK\r\n"));
}

TEST(append_head, every_status_that_we_send_has_its_words) {
  for (unsigned const status :
       {100U, 200U, 301U, 308U, 400U, 404U, 405U, 408U, 413U, 417U, 431U, 500U, 501U, 503U, 505U}) {
    EXPECT_FALSE(reason_of(status).empty()) << status;
  }
  EXPECT_EQ(reason_of(413), "Request Entity Too Large");
  EXPECT_EQ(reason_of(299), "");
}

TEST(append_head, says_with_401_what_would_help) {
  EXPECT_EQ(head({.status = 401}),
            "HTTP/1.1 401 Unauthorized\r\n"
            "WWW-Authenticate: Bearer realm=\"nsqlookupd\", Basic realm=\"nsqlookupd\"\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 0\r\n\r\n");
}

}  // namespace
}  // namespace nsqlookupd::http_api
