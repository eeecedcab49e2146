// SPDX-License-Identifier: MIT
#include <nsqlookupd/http/head.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace nsqlookupd::http {
namespace {

constexpr std::string_view date = "Mon, 23 Nov 2026 05:31:17 GMT";

std::string head(reply const& answer, framing how = {}) {
  std::string out;
  append_head(answer, how, date, out);
  return out;
}

constexpr auto json_header = "Content-Type: application/json; charset=utf-8\r\n";

TEST(append_head, json) {
  EXPECT_EQ(head({.headers = json_header, .body = "{}"}),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: application/json; charset=utf-8\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 2\r\n\r\n");
}

TEST(append_head, nothing) {
  EXPECT_EQ(head({}),
            "HTTP/1.1 200 OK\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 0\r\n\r\n");
}

TEST(append_head, text) {
  EXPECT_EQ(head({.body = "OK"}),
            "HTTP/1.1 200 OK\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 2\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\n");
}

TEST(append_head, counts_every_piece_of_a_body) {
  reply answer{.headers = json_header, .body = "0123456789"};
  answer.body.more = {"abc", "d"};
  EXPECT_NE(head(answer).find("\r\nContent-Length: 14\r\n"), std::string::npos);
  answer.body = std::make_shared<std::string const>("01234");
  EXPECT_NE(head(answer).find("\r\nContent-Length: 5\r\n"), std::string::npos);
}

TEST(append_head, of_a_304_says_no_length) {
  EXPECT_EQ(head({.status = 304, .headers = "ETag: \"5\"\r\n"}),
            "HTTP/1.1 304 Not Modified\r\n"
            "ETag: \"5\"\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n\r\n");
  EXPECT_EQ(head({.status = 304}, {.http_1_1 = false}),
            "HTTP/1.0 304 Not Modified\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Connection: keep-alive\r\n\r\n");
}

TEST(append_head, http_1_0) {
  EXPECT_EQ(head({}, {.http_1_1 = false}),
            "HTTP/1.0 200 OK\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 0\r\n"
            "Connection: keep-alive\r\n\r\n");
  EXPECT_EQ(head({.status = 404}, {.http_1_1 = false, .close = true}),
            "HTTP/1.0 404 Not Found\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 0\r\n\r\n");
}

TEST(append_head, says_that_the_connection_ends) {
  for (auto const& closing : {head({}, {.close = true}), head({.close = true}),
                              head({.close = true}, {.http_1_1 = false})}) {
    EXPECT_TRUE(closing.ends_with("\r\nConnection: close\r\n\r\n")) << closing;
  }
}

TEST(append_head, without_a_date) {
  std::string out;
  append_head({}, {}, {}, out);
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST(append_head, goes_after_what_is_there) {
  std::string out = "before";
  append_head({}, {}, date, out);
  EXPECT_TRUE(out.starts_with("beforeHTTP/1.1 200 OK\r\n"));
}

TEST(append_head, every_status_that_we_send_has_its_words) {
  for (unsigned const status : {100U, 200U, 301U, 304U, 307U, 400U, 404U, 405U, 408U, 410U, 413U,
                                417U, 431U, 500U, 501U, 503U, 505U}) {
    EXPECT_FALSE(reason_of(status).empty()) << status;
  }
  EXPECT_EQ(reason_of(410), "Gone");
  EXPECT_EQ(reason_of(413), "Request Entity Too Large");
  EXPECT_EQ(reason_of(299), "");
}

TEST(date_text, is_made_anew_for_each_second) {
  constexpr std::chrono::sys_time<std::chrono::nanoseconds> second{
      std::chrono::seconds{1'795'411'877}};
  EXPECT_EQ(date_text(second), date);
  EXPECT_EQ(date_text(second + std::chrono::milliseconds{999}), date);
  EXPECT_EQ(date_text(second + std::chrono::seconds{1}), "Mon, 23 Nov 2026 05:31:18 GMT");
}

}  // namespace
}  // namespace nsqlookupd::http
