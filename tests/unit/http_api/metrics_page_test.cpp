// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

std::string_view label_of(reply const& what) {
  auto const labels = route_labels();
  return what.route < labels.size() - 1 ? labels[what.route] : labels.back();
}

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
  EXPECT_EQ(label_of(here.get("/lookup?topic=unknown")), "/lookup");
  EXPECT_EQ(label_of(here.get("/topics")), "/topics");
  EXPECT_EQ(label_of(here.post("/topics")), "/topics");
  EXPECT_EQ(label_of(here.ask("OPTIONS", "/topic/create")), "/topic/create");
  EXPECT_EQ(label_of(here.get("/%70ing")), "/ping");
}

TEST(route_of_a_reply, is_other_for_what_has_no_route) {
  world here;
  for (std::string_view const target : {"/nosuch", "/ping/", "*", "/%zz", "/metrics/x"}) {
    EXPECT_EQ(label_of(here.get(target)), "other") << target;
  }
}

TEST(route_of_a_reply, is_known_of_a_long_answer) {
  world here;
  for (int number = 0; number < 3000; ++number) {
    here.db.create_topic("t" + std::to_string(number));
  }
  auto const what = respond({"GET", "/topics"}, here.db, here.now, here.server, here.kept);
  auto const& pages = std::get<std::unique_ptr<long_answer>>(what);
  EXPECT_EQ(route_labels()[pages->route], "/topics");
}

}  // namespace
}  // namespace nsqlookupd::http_api
