// SPDX-License-Identifier: MIT
#include <nsqlookupd/http/head.hpp>

#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::http {
namespace {

std::string bytes(reply const& answer) {
  std::string out;
  append_head(answer, {}, {}, out);
  return out + answer.body.text;
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

TEST(protocol_error, or_the_given_status) {
  EXPECT_EQ(protocol_error(400, "400 Bad Request: missing required Host header").body.text,
            "400 Bad Request: missing required Host header");
}

}  // namespace
}  // namespace nsqlookupd::http
