// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

/// The number that stands after `label`.
long long figure(std::string const& body, std::string_view label) {
  auto const at = body.find(label);
  return at == std::string::npos ? -1 : std::stoll(body.substr(at + label.size()));
}

template <class Function>
std::string hexadecimal(Function* function) {
  std::ostringstream text;
  text << "0x" << std::hex << reinterpret_cast<std::uintptr_t>(function);
  return text.str();
}

long long seconds_asked_for(world& here, std::string const& query) {
  return here.begin("/debug/pprof/profile" + query)->pause().count();
}

TEST(pprof, pages_are_unlogged_text_without_our_header) {
  world here;
  for (std::string_view const page :
       {"cmdline", "symbol", "profile", "heap", "goroutine", "block", "threadcreate"}) {
    auto const what = here.get("/debug/pprof/" + std::string{page} + "?seconds=30&debug=1&%zz");
    EXPECT_EQ(what.status, 200U) << page;
    EXPECT_EQ(what.content, page == "profile" ? content_type::binary : content_type::text) << page;
    EXPECT_FALSE(what.nsq_content_type);
    EXPECT_FALSE(what.logged);
    EXPECT_TRUE(what.no_sniff);
  }
}

TEST(pprof, pages_say_what_a_cpp_process_cannot) {
  world here;
  for (std::string_view const page : {"heap", "goroutine", "block", "threadcreate"}) {
    auto const body = here.get("/debug/pprof/" + std::string{page}).body;
    EXPECT_NE(body.find("A C++ process"), std::string::npos) << page;
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

TEST(pprof, symbol_says_that_it_is_worth_asking) {
  world here;
  EXPECT_EQ(here.get("/debug/pprof/symbol").body, "num_symbols: 1\n");
  EXPECT_EQ(here.post("/debug/pprof/symbol").body, "num_symbols: 1\n");
}

TEST(pprof, symbol_names_addresses_of_the_query_and_of_the_body) {
  world here;
  auto const address = hexadecimal(&std::getenv);
  EXPECT_EQ(here.get("/debug/pprof/symbol?" + address).body,
            "num_symbols: 1\n" + address + "\tgetenv\n");
  auto const body = "0x1+" + address + "+x+" + address.substr(2);
  here.body = body;
  // A little at a time is as good.
  EXPECT_EQ(here.ask("POST", "/debug/pprof/symbol", 1).body,
            "num_symbols: 1\n" + address + "\tgetenv\n" + address + "\tgetenv\n");
}

TEST(pprof, symbol_may_have_a_long_body) {
  EXPECT_EQ(kept_body_size("POST", "/debug/pprof/symbol"), std::size_t{256} << 10U);
  EXPECT_EQ(kept_body_size("PUT", "/config/log_level"), 1024U);
  EXPECT_EQ(kept_body_size("POST", "/topic/create?topic=t"), 0U);
  EXPECT_EQ(kept_body_size("POST", "/unknown"), 0U);
  EXPECT_EQ(kept_body_size("POST", "no target"), 0U);
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

TEST(pprof, heap_can_be_read_by_pprof) {
  world here;
  auto const body = here.get("/debug/pprof/heap").body;
  EXPECT_TRUE(body.starts_with("heap profile: ")) << body;
  EXPECT_NE(body.find("\nMAPPED_LIBRARIES:\n"), std::string::npos) << body;
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

TEST(pprof, profile_refuses_to_take_too_long) {
  world here;
  for (auto const* const much : {"?seconds=301", "?seconds=99999999999999999999"}) {
    auto const what = here.get("/debug/pprof/profile" + std::string{much});
    EXPECT_EQ(what.status, 400U);
    EXPECT_EQ(what.body, "a profile may take 300 seconds at most\n");
  }
}

TEST(pprof, profile_is_taken_one_at_a_time) {
  world here;
  {
    auto const other = here.begin("/debug/pprof/profile?seconds=1");
    auto const what = here.get("/debug/pprof/profile?seconds=1");
    EXPECT_EQ(what.status, 409U);
    EXPECT_EQ(what.body, "could not enable CPU profiling: another profile is being taken\n");
  }
  EXPECT_EQ(here.get("/debug/pprof/profile?seconds=1").status, 200U);
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
