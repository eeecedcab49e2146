// SPDX-License-Identifier: MIT
#include "start.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace nsqlookupd::config::test {
namespace {

using testing::HasSubstr;

std::string usage_text() {
  return std::get<print_and_exit>(start({"-h"})).text;
}

void expect_usage(std::vector<arguments> const& cases) {
  for (auto const& flags : cases) {
    SCOPED_TRACE(testing::PrintToString(flags));
    auto const given = start(flags);
    auto const* const print = std::get_if<print_and_exit>(&given);
    ASSERT_TRUE(print);
    EXPECT_TRUE(print->text.starts_with("Usage of nsqlookupd:\n  nsqlookupd [flags]"));
    EXPECT_EQ(print->to, print_and_exit::stream::out);
    EXPECT_EQ(print->exit_code, 0);
  }
}

TEST(usage, that_is_asked_for_is_printed_on_stdout) {
  expect_usage({{"-h"},
                {"--h"},
                {"-help"},
                {"--help"},
                {"help"},
                {"-h=false"},
                {"-threads=2", "-h", "-nope"}});
}

TEST(usage, says_what_v1_3_0_says_of_its_flags) {
  auto const text = usage_text();
  for (auto const* entry :
       {"  -config string\n    \tpath to config file\n",
        "  -http-address string\n    \t<addr>:<port> to listen on for HTTP clients "
        "(default \"0.0.0.0:4161\")\n",
        "  -inactive-producer-timeout duration\n    \tduration of time a producer will remain in "
        "the active list since its last ping (default 5m0s)\n",
        "  -log-level value\n    \tset log verbosity: debug, info, warn, error, or fatal "
        "(default INFO)\n",
        "  -log-prefix string\n    \tlog message prefix (default \"[nsqlookupd] \")\n",
        "  -tcp-address string\n    \t<addr>:<port> to listen on for TCP clients "
        "(default \"0.0.0.0:4160\")\n",
        "  -tombstone-lifetime duration\n    \tduration of time a producer will remain tombstoned "
        "if registration remains (default 45s)\n",
        "  -verbose\n    \t[deprecated] has no effect, use --log-level\n",
        "  -version\n    \tprint version string\n"}) {
    EXPECT_THAT(text, HasSubstr(entry));
  }
  EXPECT_THAT(text, HasSubstr("  -broadcast-address string\n    \taddress of this lookupd node, "
                              "(default to the OS hostname) (default \"" +
                              host_name() + "\")\n"));
}

TEST(usage, shows_the_default_of_every_kind_of_flag) {
  auto const text = usage_text();
  EXPECT_THAT(text, HasSubstr("  -threads int\n"));
  EXPECT_THAT(text, HasSubstr("1 to 256 (default 1)\n"));
  EXPECT_THAT(text, HasSubstr("  -max-topics int\n"));
  EXPECT_THAT(text, HasSubstr("(0: no limit) (default 0)\n"));
  EXPECT_THAT(text, HasSubstr("(0: no limit) (default 0s)\n"));
  EXPECT_THAT(text, HasSubstr("(default continue)\n"));
}

TEST(usage, shows_a_list_by_its_name) {
  EXPECT_THAT(usage_text(), HasSubstr("  -cluster-etcd-endpoints list\n    \tURLs of the etcd"));
}

TEST(usage, shows_sizes_with_their_units) {
  auto const text = usage_text();
  EXPECT_THAT(text, HasSubstr("  -max-line-size size\n"));
  EXPECT_THAT(text, HasSubstr("(default 4KiB)\n"));
  EXPECT_THAT(text, HasSubstr("(default 256MiB)\n"));
}

TEST(usage, has_every_flag_once_in_groups) {
  std::istringstream lines{usage_text()};
  std::set<std::string> names;
  std::vector<std::string> groups;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  -")) {
      EXPECT_TRUE(names.insert(line.substr(3, line.find(' ', 3) - 3)).second) << line;
    } else if (line.ends_with(':') && !line.starts_with("Usage")) {
      groups.push_back(line);
    }
  }
  EXPECT_EQ(names.size(), 54U);
  EXPECT_THAT(groups,
              testing::ElementsAre("General:", "Listening:", "Registry:", "Restarting:", "Cluster:",
                                   "Stopping:", "TLS:", "Tokens:", "Log:", "Clients:",
                                   "Limits on size:", "Limits on time:", "Limits on number:"));
}

}  // namespace
}  // namespace nsqlookupd::config::test
