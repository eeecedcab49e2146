// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/version.hpp>

#include "start.hpp"
#include <gtest/gtest.h>

namespace nsqlookupd::config::test {
namespace {

using namespace std::chrono_literals;

void expect_90_minutes(std::vector<arguments> const& spellings) {
  for (auto const& spelling : spellings) {
    EXPECT_EQ(settings_of(start(spelling)).tombstone_lifetime, 90min) << spelling.front();
  }
}

TEST(flags, may_be_spelt_in_these_ways) {
  expect_90_minutes({{"-tombstone-lifetime", "1h30m"},
                     {"-tombstone-lifetime=1h30m"},
                     {"--tombstone-lifetime", "1h30m"},
                     {"--tombstone-lifetime=1h30m"},
                     {"-tombstone-lifetime=5s", "-tombstone-lifetime=1h30m"}});
}

TEST(flags, nothing_given_means_the_defaults) {
  EXPECT_EQ(settings_of(start({})), options{});
  EXPECT_TRUE(warnings_of(start({})).empty());
}

TEST(flags, a_process_without_a_name_starts_too) {
  auto const nothing = [](std::string const&) { return std::optional<std::string>{}; };
  EXPECT_EQ(settings_of(parse(0, nullptr, nothing)), options{});
}

TEST(flags, each_sets_its_own_option) {
  options expected;
  expected.tcp_address = "127.0.0.1:1";
  expected.http_address = "127.0.0.1:2";
  expected.broadcast_address = "here";
  expected.inactive_producer_timeout = 1s;
  expected.tombstone_lifetime = 2s;
  expected.log_level = log::level::error;
  expected.log_prefix = "p";
  expected.client_error_policy = protocol::client_error_policy::close;
  expected.threads = 3;
  expected.max_line_size = 4;
  expected.max_body_size = 5;
  expected.max_input_memory = 6;
  expected.handshake_timeout = 7s;
  expected.write_timeout = 8s;
  expected.producer_idle_timeout = 9s;
  expected.http_header_timeout = 10s;
  expected.http_body_timeout = 11s;
  expected.http_idle_timeout = 12s;
  expected.max_connections = 13;
  expected.max_registrations_per_producer = 14;
  expected.max_topics = 15;
  expected.max_channels_per_topic = 16;
  expected.max_watchers = 17;
  expected.event_history = 18;
  expected.empty_topic_ttl = 19s;

  auto const given = start({"-tcp-address=127.0.0.1:1",
                            "-http-address=127.0.0.1:2",
                            "-broadcast-address=here",
                            "-inactive-producer-timeout=1s",
                            "-tombstone-lifetime=2s",
                            "-log-level=error",
                            "-log-prefix=p",
                            "-client-error-policy=close",
                            "-threads=3",
                            "-max-line-size=4",
                            "-max-body-size=5",
                            "-max-input-memory=6",
                            "-handshake-timeout=7s",
                            "-write-timeout=8s",
                            "-producer-idle-timeout=9s",
                            "-http-header-timeout=10s",
                            "-http-body-timeout=11s",
                            "-http-idle-timeout=12s",
                            "-max-connections=13",
                            "-max-registrations-per-producer=14",
                            "-max-topics=15",
                            "-max-channels-per-topic=16",
                            "-max-watchers=17",
                            "-event-history=18",
                            "-empty-topic-ttl=19s"});

  EXPECT_EQ(settings_of(given), expected);
}

TEST(flags, a_value_may_hold_an_equals_sign_or_nothing) {
  EXPECT_EQ(settings_of(start({"-log-prefix=a=b"})).log_prefix, "a=b");
  EXPECT_EQ(settings_of(start({"-log-prefix="})).log_prefix, "");
  EXPECT_EQ(settings_of(start({"-log-prefix", ""})).log_prefix, "");
  EXPECT_EQ(settings_of(start({"-log-prefix", "-version"})).log_prefix, "-version");
}

TEST(flags, a_size_may_have_a_unit) {
  EXPECT_EQ(settings_of(start({"-max-input-memory=256MiB"})).max_input_memory, 256U << 20U);
  EXPECT_EQ(settings_of(start({"-max-line-size", "8kib"})).max_line_size, 8192U);
  EXPECT_EQ(settings_of(start({"-max-input-memory=3GiB"})).max_input_memory, std::size_t{3} << 30U);
}

TEST(flags, an_empty_broadcast_address_is_the_host_name) {
  EXPECT_EQ(settings_of(start({"-broadcast-address="})).broadcast_address, host_name());
}

void expect_levels(std::vector<std::pair<char const*, log::level>> const& cases) {
  for (auto const& [name, level] : cases) {
    EXPECT_EQ(settings_of(start({"-log-level", name})).log_level, level) << name;
  }
}

TEST(flags, a_log_level_may_be_in_any_case) {
  expect_levels({{"debug", log::level::debug},
                 {"INFO", log::level::info},
                 {"Warn", log::level::warning},
                 {"eRRor", log::level::error},
                 {"fatal", log::level::fatal}});
}

TEST(flags, debug_is_the_log_level_debug) {
  EXPECT_EQ(settings_of(start({"-debug"})).log_level, log::level::debug);
  EXPECT_EQ(settings_of(start({"-debug=false"})).log_level, log::level::info);
  EXPECT_EQ(settings_of(start({"-debug", "-log-level=error"})).log_level, log::level::debug);
}

void expect_debug(std::vector<std::pair<char const*, bool>> const& cases) {
  for (auto const& [flag, expected] : cases) {
    auto const level = settings_of(start({flag})).log_level;
    EXPECT_EQ(level, expected ? log::level::debug : log::level::info) << flag;
  }
}

TEST(flags, booleans_are_those_of_go) {
  expect_debug({{"-debug", true},
                {"--debug", true},
                {"-debug=1", true},
                {"-debug=t", true},
                {"-debug=T", true},
                {"-debug=true", true},
                {"-debug=TRUE", true},
                {"-debug=True", true},
                {"-debug=0", false},
                {"-debug=f", false},
                {"-debug=F", false},
                {"-debug=false", false},
                {"-debug=FALSE", false},
                {"-debug=False", false}});
}

TEST(flags, verbose_has_no_effect) {
  EXPECT_EQ(settings_of(start({"-verbose"})), options{});
  EXPECT_EQ(settings_of(start({"-verbose=f"})), options{});
}

TEST(flags, end_at_two_dashes) {
  EXPECT_EQ(settings_of(start({"-log-prefix=a", "--"})).log_prefix, "a");
}

struct misuse {
  arguments flags;
  std::string line;
};

void expect_misuse(std::vector<misuse> const& cases) {
  for (auto const& [flags, line] : cases) EXPECT_EQ(misuse_of(start(flags)), line);
}

TEST(flags, with_an_argument_left_over_are_misuse) {
  expect_misuse({{{"-log-prefix=a", "b"}, R"(unexpected argument "b")"},
                 {{"-log-prefix=a", "-"}, R"(unexpected argument "-")"},
                 {{"-log-prefix=a", ""}, R"(unexpected argument "")"},
                 {{"--", "-nope"}, R"(unexpected argument "-nope")"},
                 {{"-verbose", "false", "-nope"}, R"(unexpected argument "false")"}});
}

TEST(flags, of_bad_syntax_are_misuse) {
  expect_misuse({{{"-x"}, "flag provided but not defined: -x"},
                 {{"--x=3"}, "flag provided but not defined: -x"},
                 {{"-verbose "}, "flag provided but not defined: -verbose "},
                 {{"-x", "-h"}, "flag provided but not defined: -x"},
                 {{"---x"}, "bad flag syntax: ---x"},
                 {{"-=x"}, "bad flag syntax: -=x"},
                 {{"--=x"}, "bad flag syntax: --=x"},
                 {{"-tcp-address"}, "flag needs an argument: -tcp-address"},
                 {{"--log-level"}, "flag needs an argument: -log-level"},
                 {{"-version", "-x"}, "flag provided but not defined: -x"}});
}

TEST(flags, a_bad_value_is_misuse) {
  expect_misuse(
      {{{"-tombstone-lifetime", "5"},
        R"(invalid value "5" for flag -tombstone-lifetime: parse error: missing unit, e.g. 5s)"},
       {{"-tombstone-lifetime=1d"},
        R"(invalid value "1d" for flag -tombstone-lifetime: parse error)"},
       {{"-inactive-producer-timeout="},
        R"(invalid value "" for flag -inactive-producer-timeout: parse error)"},
       {{"-verbose=maybe"}, R"(invalid boolean value "maybe" for -verbose: parse error)"},
       {{"-version="}, R"(invalid boolean value "" for -version: parse error)"},
       {{"-log-level=loud"},
        R"(invalid value "loud" for flag -log-level: )"
        "invalid log level 'loud' (debug, info, warn, error, fatal)"},
       {{"-log-level=warning"},
        R"(invalid value "warning" for flag -log-level: )"
        "invalid log level 'warning' (debug, info, warn, error, fatal)"},
       {{"-client-error-policy=stop"},
        R"(invalid value "stop" for flag -client-error-policy: )"
        "invalid client error policy 'stop' (continue, close)"},
       {{"-write-timeout=-1s"},
        R"(invalid value "-1s" for flag -write-timeout: must not be negative)"},
       {{"-empty-topic-ttl=-1s"},
        R"(invalid value "-1s" for flag -empty-topic-ttl: must not be negative)"},
       {{"-event-history=10000001"},
        R"(invalid value "10000001" for flag -event-history: )"
        "must be a whole number from 0 to 10000000"},
       {{"-threads=many"},
        R"(invalid value "many" for flag -threads: must be a whole number from 1 to 256)"},
       {{"-threads=1.5"},
        R"(invalid value "1.5" for flag -threads: must be a whole number from 1 to 256)"},
       {{"-threads="},
        R"(invalid value "" for flag -threads: must be a whole number from 1 to 256)"},
       {{"-threads=0"},
        R"(invalid value "0" for flag -threads: must be a whole number from 1 to 256)"},
       {{"-threads=257"},
        R"(invalid value "257" for flag -threads: must be a whole number from 1 to 256)"},
       {{"-max-line-size=0"},
        R"(invalid value "0" for flag -max-line-size: )"
        "must be a number of bytes from 1 to 2147483647, such as 4096 or 64KiB"},
       {{"-max-body-size=-1"},
        R"(invalid value "-1" for flag -max-body-size: )"
        "must be a number of bytes from 1 to 2147483647, such as 4096 or 64KiB"},
       {{"-max-body-size=2GiB"},
        R"(invalid value "2GiB" for flag -max-body-size: )"
        "must be a number of bytes from 1 to 2147483647, such as 4096 or 64KiB"},
       {{"-max-input-memory=9999999999GiB"},
        R"(invalid value "9999999999GiB" for flag -max-input-memory: )"
        "must be a number of bytes from 1 to 9223372036854775807, such as 4096 or 64KiB"},
       {{"-max-input-memory=0"},
        R"(invalid value "0" for flag -max-input-memory: )"
        "must be a number of bytes from 1 to 9223372036854775807, such as 4096 or 64KiB"},
       {{"-max-topics=99999999999999999999"},
        R"(invalid value "99999999999999999999" for flag -max-topics: )"
        "must be a whole number from 0 to 9223372036854775807"}});
}

TEST(flags, a_bad_value_is_quoted_as_go_does) {
  expect_misuse({{{"-threads=a\"b\n\u00e9\xff"},
                  "invalid value \"a\\\"b\\n\u00e9\\xff\" for flag -threads: must be a whole "
                  "number from 1 to 256"}});
}

TEST(flags, an_error_earlier_in_the_line_is_the_one_told) {
  EXPECT_EQ(misuse_of(start({"-threads=0", "-nope"})),
            R"(invalid value "0" for flag -threads: must be a whole number from 1 to 256)");
}

}  // namespace
}  // namespace nsqlookupd::config::test
