// SPDX-License-Identifier: MIT
#include "server_process.hpp"
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

struct misuse {
  std::vector<std::string> arguments;
  std::string line;
};

void PrintTo(misuse const& scenario, std::ostream* out) {
  *out << scenario.line;
}

class bad_flag : public testing::TestWithParam<misuse> {};

TEST_P(bad_flag, is_named_in_one_line_and_ends_with_2) {
  auto const ended = run_server(GetParam().arguments);
  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(ended.output, "");
  EXPECT_EQ(ended.error, GetParam().line + "\nsee nsqlookupd -h\n");
}

INSTANTIATE_TEST_SUITE_P(
    flags, bad_flag,
    testing::Values(
        misuse{{"-nope"}, "flag provided but not defined: -nope"},
        misuse{{"--nope=3"}, "flag provided but not defined: -nope"},
        misuse{{"-tcp-address"}, "flag needs an argument: -tcp-address"},
        misuse{{"--config"}, "flag needs an argument: -config"},
        misuse{{"-=x"}, "bad flag syntax: -=x"}, misuse{{"---x"}, "bad flag syntax: ---x"},
        misuse{
            {"-tombstone-lifetime=5"},
            R"(invalid value "5" for flag -tombstone-lifetime: parse error: missing unit, e.g. 5s)"},
        misuse{{"-log-prefix=x", "positional", "-nope"}, R"(unexpected argument "positional")"},
        misuse{{"helthcheck"},
               R"(unknown command "helthcheck"; there are check, hash-token, healthcheck, )"
               "help, version, watch"},
        misuse{{"-tombstone-lifetime", "1d"},
               R"(invalid value "1d" for flag -tombstone-lifetime: parse error)"},
        misuse{{"-inactive-producer-timeout="},
               R"(invalid value "" for flag -inactive-producer-timeout: parse error)"},
        misuse{{"-verbose=maybe"}, R"(invalid boolean value "maybe" for -verbose: parse error)"},
        misuse{{"-version=maybe"}, R"(invalid boolean value "maybe" for -version: parse error)"},
        misuse{{"-log-level=loud"},
               R"(invalid value "loud" for flag -log-level: invalid log level 'loud' )"
               "(debug, info, warn, error, fatal)"},
        misuse{{"-log-level=warning"},
               R"(invalid value "warning" for flag -log-level: invalid log level 'warning' )"
               "(debug, info, warn, error, fatal)"},
        misuse{{"-log-prefix=x", "-client-error-policy=shrug"},
               R"(invalid value "shrug" for flag -client-error-policy: )"
               "invalid client error policy 'shrug' (continue, close)"}));

class good_flags : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(good_flags, start_the_server) {
  server_process server{{.flags = GetParam()}};
  EXPECT_TRUE(server.answers());
  EXPECT_EQ(server.stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    flags, good_flags,
    testing::Values(std::vector<std::string>{"-verbose"},
                    std::vector<std::string>{"-verbose=true", "-verbose=false", "-verbose=1",
                                             "-verbose=0", "-verbose=t", "--verbose=f"},
                    std::vector<std::string>{"-log-level", "INFO"},
                    std::vector<std::string>{"--tombstone-lifetime", "1s1s"},
                    std::vector<std::string>{"-inactive-producer-timeout=+1.s"},
                    std::vector<std::string>{"-tombstone-lifetime=1\u00b5s"},
                    std::vector<std::string>{"-tombstone-lifetime=1\u03bcs"},
                    std::vector<std::string>{"-tombstone-lifetime=.5s"},
                    std::vector<std::string>{"-tombstone-lifetime=0"},
                    std::vector<std::string>{"-config="},
                    std::vector<std::string>{"-max-input-memory=64MiB"},
                    std::vector<std::string>{"--"}));

TEST(flags, of_which_the_last_repeat_wins) {
  server_process server{
      {.flags = {"-log-prefix=first ", "--log-prefix", "last "}, .prefix = "last "}};
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace nsqlookupd::e2e
