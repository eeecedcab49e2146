// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

/// The number that stands after `label`.
long long figure(std::string const& body, std::string_view label) {
  auto const at = body.find(label);
  return at == std::string::npos ? -1 : std::stoll(body.substr(at + label.size()));
}

TEST(pprof, pages_are_unlogged_text_without_our_header) {
  world here;
  for (std::string_view const page :
       {"cmdline", "symbol", "profile", "heap", "goroutine", "block", "threadcreate"}) {
    auto const what = here.get("/debug/pprof/" + std::string{page} + "?seconds=30&debug=1&%zz");
    EXPECT_EQ(what.status, 200U) << page;
    EXPECT_EQ(what.content, content_type::text) << page;
    EXPECT_FALSE(what.body.empty()) << page;
    EXPECT_FALSE(what.nsq_content_type);
    EXPECT_FALSE(what.logged);
    EXPECT_TRUE(what.no_sniff);
    if (page != "cmdline") {
      EXPECT_NE(what.body.find("A C++ process"), std::string::npos) << page;
    }
  }
}

TEST(pprof, index_links_to_every_page) {
  world here;
  auto const what = here.get("/debug/pprof");
  EXPECT_EQ(what.status, 200U);
  EXPECT_EQ(what.content, content_type::html);
  EXPECT_FALSE(what.nsq_content_type);
  EXPECT_FALSE(what.logged);
  EXPECT_NE(what.body.find("nsqlookupd v2.0.0 (built w/g++ 12.2.0)"), std::string::npos);
  constexpr std::string_view link = "<a href='";
  int links = 0;
  for (auto at = what.body.find(link); at != std::string::npos; at = what.body.find(link, at + 1)) {
    auto const begin = at + link.size();
    auto const target = what.body.substr(begin, what.body.find('\'', begin) - begin);
    EXPECT_EQ(here.get(target).status, 200U) << target;
    ++links;
  }
  EXPECT_EQ(links, 7);
}

TEST(pprof, cmdline_has_nul_bytes_between_the_arguments) {
  world here;
  std::ifstream file{"/proc/self/cmdline", std::ios::binary};
  std::string const expected{std::istreambuf_iterator<char>{file}, {}};
  ASSERT_FALSE(expected.empty());
  EXPECT_EQ(here.get("/debug/pprof/cmdline").body + '\0', expected);
}

TEST(pprof, symbol_takes_get_and_post) {
  world here;
  for (std::string_view const method : {"GET", "POST"}) {
    EXPECT_TRUE(here.ask(method, "/debug/pprof/symbol?0x1").body.starts_with("num_symbols: 0\n"));
  }
}

TEST(pprof, heap_has_figures) {
  world here;
  auto const body = here.get("/debug/pprof/heap").body;
  for (std::string_view const label :
       {"# HeapInuse = ", "# HeapIdle = ", "# HeapMapped = ", "# HeapSys = "}) {
    EXPECT_GE(figure(body, label), 0) << body;
  }
  EXPECT_GT(figure(body, "# MaxRSS = "), 0);
}

TEST(pprof, profile_has_figures) {
  world here;
  auto const body = here.get("/debug/pprof/profile").body;
  EXPECT_GE(figure(body, "# user = "), 0) << body;
  EXPECT_GE(figure(body, "# system = "), 0) << body;
}

TEST(pprof, threads_are_listed) {
  world here;
  auto const body = here.get("/debug/pprof/threadcreate").body;
  auto const total = figure(body, "threadcreate profile: total ");
  EXPECT_GE(total, 1);
  for (auto const* const page : {"/debug/pprof/goroutine", "/debug/pprof/threadcreate"}) {
    EXPECT_NE(here.get(page).body.find(" http_api_test\n"), std::string::npos);
  }
}

}  // namespace
}  // namespace nsqlookupd::http_api
