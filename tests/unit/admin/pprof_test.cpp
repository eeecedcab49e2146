// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

namespace nsqlookupd::admin {
namespace {

using namespace http_api;

/// The number that stands after `label`.
long long figure(std::string const& body, std::string_view label) {
  auto const at = body.find(label);
  return at == std::string::npos ? -1 : std::stoll(body.substr(at + label.size()));
}

long long seconds_asked_for(world& here, std::string const& query) {
  return here.begin("/debug/pprof/profile" + query)->pause().count();
}

TEST(pprof, pages_are_unlogged_text_without_our_header) {
  world here;
  for (std::string_view const page :
       {"cmdline", "symbol", "profile", "heap", "goroutine", "block", "threadcreate"}) {
    auto const answer = here.get("/debug/pprof/" + std::string{page} + "?seconds=30&debug=1&%zz");
    EXPECT_EQ(answer.status, 200U) << page;
    EXPECT_EQ(answer.content, page == "profile" ? content_type::binary : content_type::text)
        << page;
    EXPECT_FALSE(answer.nsq_content_type);
    EXPECT_FALSE(answer.logged);
    EXPECT_TRUE(answer.no_sniff);
  }
}

TEST(pprof, pages_say_what_a_cpp_process_cannot) {
  world here;
  for (std::string_view const page : {"symbol", "heap", "goroutine", "block", "threadcreate"}) {
    auto const body = here.get("/debug/pprof/" + std::string{page}).body;
    EXPECT_NE(body.find("A C++ process"), std::string::npos) << page;
  }
}

TEST(pprof, index_links_to_every_page) {
  world here;
  auto const answer = here.get("/debug/pprof");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.content, content_type::html);
  EXPECT_FALSE(answer.nsq_content_type);
  EXPECT_FALSE(answer.logged);
  EXPECT_NE(answer.body.find("nsqlookupd v2.0.0 (built w/gcc-12.2.0)"), std::string::npos);
  constexpr std::string_view link = "<a href='";
  int links = 0;
  for (auto at = answer.body.find(link); at != std::string::npos;
       at = answer.body.find(link, at + 1)) {
    auto const begin = at + link.size();
    auto const target = answer.body.substr(begin, answer.body.find('\'', begin) - begin);
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

TEST(pprof, symbol_says_that_it_is_no_use_asking) {
  world here;
  for (auto const* const target : {"/debug/pprof/symbol", "/debug/pprof/symbol?0x1+0x2"}) {
    EXPECT_TRUE(here.get(target).body.starts_with("num_symbols: 0\n#")) << target;
  }
  here.body = "0x1+0x2";
  EXPECT_TRUE(here.post("/debug/pprof/symbol").body.starts_with("num_symbols: 0\n#"));
}

TEST(pprof, symbol_reads_a_body_as_in_go) {
  EXPECT_TRUE(reads_body({.method = "POST", .target = "/debug/pprof/symbol"}));
}

TEST(pprof, heap_has_figures) {
  world here;
  auto const body = here.get("/debug/pprof/heap").body;
  for (std::string_view const label : {"# HeapIdle = ", "# HeapReleasable = ", "# HeapMapped = "}) {
    EXPECT_GE(figure(body, label), 0) << body;
  }
  EXPECT_GT(figure(body, "# MaxRSS = "), 0);
  // A sanitizer brings an allocator of its own.
#ifndef NSQLOOKUPD_SANITIZED
  EXPECT_GT(figure(body, "# HeapSys = "), 0);
#else
  EXPECT_GE(figure(body, "# HeapSys = "), 0);
#endif
}

TEST(pprof, profile_takes_as_long_as_is_asked_for) {
  world here;
  EXPECT_EQ(seconds_asked_for(here, "?seconds=1"), 1);
  EXPECT_EQ(seconds_asked_for(here, "?seconds=300"), 300);
  for (auto const* const nothing : {"", "?seconds", "?seconds=0", "?seconds=-5", "?seconds=x",
                                    "?seconds=1.5", "?seconds=5&%zz"}) {
    EXPECT_EQ(seconds_asked_for(here, nothing), 30) << nothing;
  }
}

TEST(pprof, profile_is_what_gperftools_writes) {
  world here;
  auto const body = here.get("/debug/pprof/profile?seconds=1").body;
  EXPECT_TRUE(body.starts_with(std::string(8, '\0') + '\3')) << body.size();
  EXPECT_NE(body.find("admin_test\n"), std::string::npos);
}

TEST(pprof, profile_refuses_to_take_too_long) {
  world here;
  for (auto const* const much : {"?seconds=301", "?seconds=99999999999999999999"}) {
    auto const answer = here.get("/debug/pprof/profile" + std::string{much});
    EXPECT_EQ(answer.status, 400U);
    EXPECT_EQ(answer.body, "a profile may take 300 seconds at most\n");
  }
}

TEST(pprof, profile_is_taken_one_at_a_time) {
  world here;
  {
    auto const other = here.begin("/debug/pprof/profile?seconds=1");
    auto const answer = here.get("/debug/pprof/profile?seconds=1");
    EXPECT_EQ(answer.status, 409U);
    EXPECT_EQ(answer.body, "could not enable CPU profiling: another profile is being taken\n");
  }
  EXPECT_EQ(here.get("/debug/pprof/profile?seconds=1").status, 200U);
}

TEST(pprof, threads_are_listed) {
  world here;
  auto const body = here.get("/debug/pprof/threadcreate").body;
  auto const total = figure(body, "threadcreate profile: total ");
  EXPECT_GE(total, 1);
  for (auto const* const page : {"/debug/pprof/goroutine", "/debug/pprof/threadcreate"}) {
    EXPECT_NE(here.get(page).body.find(" admin_test\n"), std::string::npos);
  }
}

}  // namespace
}  // namespace nsqlookupd::admin
