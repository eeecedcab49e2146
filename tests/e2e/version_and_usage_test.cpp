// SPDX-License-Identifier: MIT
#include "server_process.hpp"
#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

void expect_version(std::vector<std::string> const& arguments) {
  auto const ended = run_server(arguments);
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.error, "");
  EXPECT_TRUE(std::regex_match(
      ended.output, std::regex{R"(nsqlookupd v\d+\.\d+\.\d+ \(built w/[a-z0-9.-]+\)\n)"}))
      << ended.output;
}

TEST(version, is_one_line_on_standard_output) {
  expect_version({"-version"});
  expect_version({"--version"});
  expect_version({"-version=true"});
  expect_version({"-version=1"});
  expect_version({"version"});
}

TEST(version, wins_over_every_well_formed_flag) {
  expect_version({"-tcp-address=nonsense", "-version", "-config=/nowhere/at/all.toml"});
  expect_version({"-version", "-log-level=debug"});
}

TEST(version, does_not_win_over_a_bad_flag) {
  auto const ended = run_server({"-version", "-nope"});
  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(ended.output, "");
}

TEST(usage, that_is_asked_for_is_on_standard_output) {
  for (auto const* const flag : {"-h", "--h", "-help", "--help", "help"}) {
    auto const ended = run_server({flag});
    EXPECT_EQ(ended.status, 0) << flag;
    EXPECT_EQ(ended.error, "") << flag;
    EXPECT_TRUE(ended.output.starts_with("Usage of nsqlookupd:\n")) << ended.output;
  }
}

TEST(usage, has_every_flag_of_1_3_0_word_for_word) {
  auto const text = run_server({"-h"}).output;
  for (auto const* const flag : {
           "  -config string\n    \tpath to config file\n",
           "  -http-address string\n    \t<addr>:<port> to listen on for HTTP clients "
           "(default \"0.0.0.0:4161\")\n",
           "  -inactive-producer-timeout duration\n    \tduration of time a producer will remain "
           "in the active list since its last ping (default 5m0s)\n",
           "  -log-level value\n    \tset log verbosity: debug, info, warn, error, or fatal "
           "(default INFO)\n",
           "  -log-prefix string\n    \tlog message prefix (default \"[nsqlookupd] \")\n",
           "  -tcp-address string\n    \t<addr>:<port> to listen on for TCP clients "
           "(default \"0.0.0.0:4160\")\n",
           "  -tombstone-lifetime duration\n    \tduration of time a producer will remain "
           "tombstoned if registration remains (default 45s)\n",
           "  -verbose\n    \t[deprecated] has no effect, use --log-level\n",
           "  -version\n    \tprint version string\n",
       }) {
    EXPECT_NE(text.find(flag), std::string::npos) << flag << "is not in\n" << text;
  }
  EXPECT_TRUE(std::regex_search(
      text, std::regex{"  -broadcast-address string\n    \taddress of this lookupd node, "
                       "\\(default to the OS hostname\\) \\(default \"[^\"]+\"\\)\n"}))
      << text;
}

TEST(usage, says_what_the_newer_flags_mean) {
  auto const text = run_server({"-h"}).output;
  for (auto const* const flag :
       {"debug", "client-error-policy", "max-line-size", "max-body-size"}) {
    EXPECT_TRUE(std::regex_search(
        text, std::regex{"\n  -" + std::string{flag} + "[^\n]*\n    \t[^\n]{10,}\n"}))
        << flag << " is not in\n"
        << text;
  }
}

}  // namespace
}  // namespace nsqlookupd::e2e
