// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/version.hpp>

#include "start.hpp"
#include <gtest/gtest.h>

#include <regex>

namespace nsqlookupd::config::test {
namespace {

TEST(version, is_the_project_s) {
  EXPECT_EQ(version(), EXPECTED_VERSION);
}

TEST(version, built_with_names_the_compiler) {
  EXPECT_TRUE(std::regex_match(built_with(), std::regex{R"((clang|gcc)-\d+\.\d+\.\d+)"}))
      << built_with();
}

TEST(version, is_read_by_the_suite_of_gnsq) {
  // The expression is that of tests/integration_server.py, without the names of its groups.
  std::regex const theirs{R"(([a-z]+) v(\d+\.\d+\.\d+)(?:-[a-z]+)? \(built w\/([a-z0-9.-]+)\))"};
  EXPECT_TRUE(std::regex_match(version_line(), theirs)) << version_line();
}

void expect_version(std::vector<arguments> const& cases) {
  for (auto const& flags : cases) {
    SCOPED_TRACE(testing::PrintToString(flags));
    // Not even a broken environment is in its way.
    auto const given = start(flags, {{"NSQLOOKUPD_THREADS", "many"}});
    auto const* const print = std::get_if<print_and_exit>(&given);
    ASSERT_TRUE(print);
    EXPECT_EQ(print->text, "nsqlookupd v" EXPECTED_VERSION " (built w/" + built_with() + ")\n");
    EXPECT_EQ(print->to, print_and_exit::stream::out);
    EXPECT_EQ(print->exit_code, 0);
  }
}

TEST(version, is_printed_on_stdout) {
  expect_version({{"-version"},
                  {"version"},
                  {"--version"},
                  {"-version=true"},
                  {"-version=1"},
                  {"-version=false", "-version"},
                  {"-version", "-config=/does/not/exist"},
                  {"-tcp-address", "x", "-version", "-threads=2", "--", "-nope"}});
}

TEST(version, not_asked_for) {
  EXPECT_EQ(settings_of(start({"-version", "-version=false"})), options{});
}

TEST(version, help_after_it_is_help) {
  auto const given = start({"-version", "-h"});
  auto const* const print = std::get_if<print_and_exit>(&given);
  ASSERT_TRUE(print);
  EXPECT_TRUE(print->text.starts_with("Usage of nsqlookupd:\n"));
}

}  // namespace
}  // namespace nsqlookupd::config::test
