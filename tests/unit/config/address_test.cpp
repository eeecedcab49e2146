// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/address.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nsqlookupd::config {
namespace {

struct good_address {
  std::string text;
  address expected;
};

void expect_split(std::vector<good_address> const& cases) {
  for (auto const& [text, expected] : cases) {
    auto const parsed = parse_address(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().reason;
    EXPECT_EQ(parsed->host, expected.host) << text;
    EXPECT_EQ(parsed->port, expected.port) << text;
  }
}

TEST(address, is_split_into_host_and_port) {
  expect_split({{"0.0.0.0:4160", {"0.0.0.0", 4160}},
                {"127.0.0.1:0", {"127.0.0.1", 0}},
                {":4161", {"", 4161}},
                {":", {"", 0}},
                {"", {"", 0}},
                {"localhost:", {"localhost", 0}},
                {"lookup.example:65535", {"lookup.example", 65535}},
                {"[::1]:4160", {"::1", 4160}},
                {"[fe80::1%eth0]:1", {"fe80::1%eth0", 1}},
                {"[]:1", {"", 1}},
                {"127.0.0.1:0080", {"127.0.0.1", 80}}});
}

struct bad_address {
  std::string text;
  std::string reason;
};

void expect_bad_address(std::vector<bad_address> const& cases) {
  for (auto const& [text, reason] : cases) {
    auto const parsed = parse_address(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().reason, "address " + reason);
  }
}

std::string const colons =
    ": too many colons in address (an IPv6 address needs brackets: [::1]:4160)";

TEST(address, is_refused_with_a_reason) {
  expect_bad_address({{"127.0.0.1", "127.0.0.1: missing port in address"},
                      {"[::1]", "[::1]: missing port in address"},
                      {"[::1]4160", "[::1]4160: missing port in address"},
                      {"[a]b:1", "[a]b:1: missing port in address"},
                      {"[::1:4160", "[::1:4160: missing ']' in address"},
                      {"::1:4160", "::1:4160" + colons},
                      {"a:b:c", "a:b:c" + colons},
                      {"[::1]:1:2", "[::1]:1:2" + colons},
                      {"a]:1", "a]:1: unexpected bracket in address"},
                      {"h:65536", "h:65536: the port \"65536\" is not a number from 0 to 65535"},
                      {"h:99999999999999999999",
                       "h:99999999999999999999: the port \"99999999999999999999\" is not a number "
                       "from 0 to 65535"},
                      {"h:-1", "h:-1: the port \"-1\" is not a number from 0 to 65535"},
                      {"h:http", "h:http: the port \"http\" is not a number from 0 to 65535"},
                      {"h: 5", "h: 5: the port \" 5\" is not a number from 0 to 65535"},
                      {"a\nb", "a\nb: missing port in address"}});
}

}  // namespace
}  // namespace nsqlookupd::config
