// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

TEST(redirect, to_the_path_that_was_meant) {
  struct {
    std::string_view target;
    std::string_view location;
  } const cases[] = {
      {"/ping/", "/ping"},
      {"/PING", "/ping"},
      {"/PiNg/", "/ping"},
      {"/%50ING", "/ping"},
      {"/ping%2f", "/ping"},
      {"//ping", "/ping"},
      {"/topics//", "/topics"},
      {"/./ping", "/ping"},
      {"/ping/.", "/ping"},
      {"/x/../ping", "/ping"},
      {"/../ping", "/ping"},
      {"/../../x/./../ping//", "/ping"},
      {"/ping/x/..", "/ping"},
      {"/debug/", "/debug"},
      {"/debug/pprof/", "/debug/pprof"},
      {"/debug//pprof", "/debug/pprof"},
      {"/DEBUG/PPROF/HEAP", "/debug/pprof/heap"},
      {"/Create_Topic", "/create_topic"},
      {"/lookup/?topic=t1", "/lookup?topic=t1"},
      {"/Lookup?topic=T1&x=%zz;", "/lookup?topic=T1&x=%zz;"},
      {"/ping/?", "/ping?"},
      {"/lookup/?topic=\xc3\xa9", "/lookup?topic=%c3%a9"},
      {"http://host:4161/ping/?x", "http://host:4161/ping?x"},
  };
  world here;
  for (auto const& [target, location] : cases) {
    auto const answer = here.get(target);
    EXPECT_EQ(answer.status, 301U) << target;
    EXPECT_EQ(answer.location, location) << target;
    EXPECT_FALSE(answer.nsq_content_type);
    EXPECT_FALSE(answer.logged);
  }
}

TEST(redirect, of_get_has_a_little_html) {
  world here;
  EXPECT_EQ(
      here.bytes("GET", "//lookup?topic=a%20b&x=<>\"'\xff"),
      "HTTP/1.1 301 Moved Permanently\r\n"
      "Content-Type: text/html; charset=utf-8\r\n"
      "Location: /lookup?topic=a%20b&x=<>\"'%ff\r\n"
      "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
      "Content-Length: 80\r\n\r\n"
      "<a href=\"/lookup?topic=a%20b&amp;x=&lt;&gt;&#34;&#39;\xff\">Moved Permanently</a>.\n\n");
}

TEST(redirect, of_post_keeps_the_method_and_has_no_body) {
  world here;
  EXPECT_EQ(here.bytes("POST", "/topic/create/?topic=t1"),
            "HTTP/1.1 307 Temporary Redirect\r\n"
            "Location: /topic/create?topic=t1\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 0\r\n\r\n");
  for (std::string_view const target : {"/Topic/Create?topic=t1", "//topic/create?topic=t1",
                                        "/topic//create?topic=t1", "/topic/./create?topic=t1"}) {
    EXPECT_EQ(here.post(target).status, 307U) << target;
    EXPECT_EQ(here.post(target).location, "/topic/create?topic=t1") << target;
  }
  EXPECT_FALSE(here.db.has_topic("t1"));
}

TEST(redirect, only_where_a_route_of_that_method_is) {
  struct {
    std::string_view method;
    std::string_view target;
  } const cases[] = {
      {"POST", "/ping/"},
      {"POST", "/PING"},
      {"POST", "/lookup/"},
      {"GET", "/topic/create/"},
      {"GET", "/Topic/Create"},
      {"PUT", "/ping/"},
      {"HEAD", "/ping/"},
      {"HEAD", "/metrix/"},
      {"OPTIONS", "/ping/"},
      {"OPTIONS", "/Ping"},
      {"CONNECT", "/ping/"},
      {"GET", "/.."},
      {"GET", "//"},
      {"GET", "/ping/x/"},
      {"GET", "/%C4%B0nfo"},
  };
  world here;
  for (auto const& [method, target] : cases) {
    auto const answer = here.ask(method, target);
    EXPECT_EQ(answer.status, 404U) << method << ' ' << target;
    EXPECT_EQ(answer.location, "") << method << ' ' << target;
  }
}

}  // namespace
}  // namespace nsqlookupd::http_api
