// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/protocol_error.hpp>

#include "world.hpp"
#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::http_api {
namespace {

std::string bytes(reply const& what) {
  std::string out;
  append_head(what, http_version::http_1_1, connection_header::none, {}, out);
  return out + what.body;
}

TEST(protocol_error, says_its_status) {
  EXPECT_EQ(bytes(protocol_error(431)),
            "HTTP/1.1 431 Request Header Fields Too Large\r\n"
            "Content-Length: 35\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Connection: close\r\n\r\n"
            "431 Request Header Fields Too Large");
  EXPECT_FALSE(protocol_error(431).logged);
}

TEST(protocol_error, or_what_it_is_told_to) {
  EXPECT_EQ(protocol_error(400, "400 Bad Request: missing required Host header").body,
            "400 Bad Request: missing required Host header");
}

TEST(protocol_error, of_a_body_that_is_cut_short) {
  auto const what = invalid_request();
  EXPECT_EQ(what.status, 400U);
  EXPECT_EQ(what.body, R"({"message":"INVALID_REQUEST"})");
  EXPECT_EQ(what.content, content_type::json);
  EXPECT_TRUE(what.nsq_content_type);
  EXPECT_TRUE(what.logged);
}

TEST(protocol_error, of_our_own) {
  auto const what = internal_error();
  EXPECT_EQ(what.status, 500U);
  EXPECT_EQ(what.body, R"({"message":"INTERNAL_ERROR"})");
  EXPECT_TRUE(what.nsq_content_type);
}

}  // namespace
}  // namespace nsqlookupd::http_api
