// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::admin {
namespace {

using namespace http_api;

TEST(metrics_page, has_the_content_type_of_the_text_format) {
  world here;
  here.add("a");
  EXPECT_EQ(here.bytes("GET", "/metrics"),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 12\r\n\r\n"
            "producers 1\n");
  EXPECT_FALSE(here.get("/metrics").logged);
}

TEST(route_of_a_reply, is_the_path_of_the_route_whatever_it_answers) {
  world here;
  EXPECT_EQ(here.get("/lookup?topic=unknown").route, "/lookup");
  EXPECT_EQ(here.get("/topics").route, "/topics");
  EXPECT_EQ(here.post("/topics").route, "/topics");
  EXPECT_EQ(here.ask("OPTIONS", "/topic/create").route, "/topic/create");
  EXPECT_EQ(here.get("/%70ing").route, "/ping");
}

TEST(route_of_a_reply, is_other_for_what_has_no_route) {
  world here;
  for (std::string_view const target : {"/nosuch", "/ping/", "*", "/%zz", "/metrics/x"}) {
    EXPECT_EQ(here.get(target).route, "other") << target;
  }
}

}  // namespace
}  // namespace nsqlookupd::admin
