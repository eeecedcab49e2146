// SPDX-License-Identifier: MIT
//
// /ui/: the files of the page, and who is led there.
#include "world.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::admin {
namespace {

using namespace http_api;
using testing::HasSubstr;
using testing::Not;

constexpr char const* gzip_magic = "\x1f\x8b\x08";
constexpr char const* html_alone = "text/html,application/xhtml+xml;q=0.9";

TEST(page, is_compressed_html_that_may_run_its_own_scripts_alone) {
  world here;
  auto const answer = here.get("/ui/");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.content, content_type::html);
  EXPECT_EQ(answer.field("Content-Encoding"), "gzip");
  EXPECT_TRUE(answer.body.starts_with(gzip_magic));
  EXPECT_TRUE(answer.no_sniff);
  EXPECT_FALSE(answer.nsq_content_type);
  EXPECT_EQ(answer.field("Cache-Control"), "no-cache");
  EXPECT_EQ(answer.field("Referrer-Policy"), "no-referrer");
  auto const policy = answer.field("Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_FALSE(answer.logged);
  EXPECT_EQ(here.get("/ui/index.html").body, answer.body);
}

TEST(page, has_files_each_of_its_type) {
  world here;
  EXPECT_EQ(here.get("/ui/main.js").content, "text/javascript; charset=utf-8");
  EXPECT_EQ(here.get("/ui/base.css").content, "text/css; charset=utf-8");
  EXPECT_EQ(here.get("/ui/icon.svg").content, "image/svg+xml");
  EXPECT_EQ(here.get("/ui/main.js").route, "/ui/");
}

TEST(page, has_no_other_files) {
  world here;
  for (auto const* const target : {"/ui/main", "/ui/../main.js", "/ui/x/main.js", "/ui/%00",
                                   "/ui//", "/ui/index.html/", "/ui/Main.js"}) {
    EXPECT_EQ(here.get(target).status, 404U) << target;
    EXPECT_EQ(here.get(target).body, R"({"message":"NOT_FOUND"})") << target;
  }
}

TEST(page, is_sent_once_as_long_as_it_stays_the_same) {
  world here;
  auto const tag = here.get("/ui/").field("ETag");
  EXPECT_NE(tag, here.get("/ui/main.js").field("ETag"));
  auto const answer =
      here.ask({.method = "GET", .target = "/ui/", .if_none_match = "\"a\", W/" + tag});
  EXPECT_EQ(answer.status, 304U);
  EXPECT_EQ(answer.field("ETag"), tag);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(here.ask({.method = "GET", .target = "/ui/", .if_none_match = "\"a\""}).status, 200U);
}

TEST(page, needs_no_token_but_tls_where_that_is_required) {
  world here;
  asking unknown{.method = "GET", .target = "/ui/", .granted = auth::right::nothing};
  EXPECT_EQ(here.ask(unknown).status, 200U);
  unknown.https_port = 4162;
  EXPECT_EQ(here.ask(unknown).status, 403U);
}

TEST(page, changes_nothing) {
  world here;
  auto const answer = here.post("/ui/main.js");
  EXPECT_EQ(answer.status, 405U);
  EXPECT_EQ(answer.allow, "GET, HEAD, OPTIONS");
}

TEST(page, is_where_a_browser_is_led_to) {
  world here;
  for (auto const* const method : {"GET", "HEAD"}) {
    auto const answer = here.ask({.method = method, .target = "/", .accept = html_alone});
    EXPECT_TRUE(answer.head.starts_with("HTTP/1.1 302 Found\r\n")) << answer.head;
    EXPECT_EQ(answer.location, "ui/");
    EXPECT_EQ(answer.field("Vary"), "Accept");
  }
  EXPECT_EQ(here.get("/ui").location, "ui/");
}

TEST(page, leads_nobody_else_away) {
  world here;
  EXPECT_EQ(here.get("/").status, 404U);
  EXPECT_EQ(here.ask({.method = "GET", .target = "/", .accept = "*/*"}).status, 404U);
  EXPECT_EQ(here.ask({.method = "POST", .target = "/", .accept = html_alone}).status, 404U);
  EXPECT_EQ(here.ask({.method = "GET", .target = "/uix", .accept = html_alone}).status, 404U);
}

}  // namespace
}  // namespace nsqlookupd::admin
