// SPDX-License-Identifier: MIT
#include "start.hpp"
#include "temporary_file.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nsqlookupd::config::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(config_file, keys_are_the_flags_with_underscores) {
  auto const given = start_with_file(
      "tcp_address = '127.0.0.1:0'\n"
      "inactive_producer_timeout = \"1h30m\"\n"
      "log_level = \"ERROR\"\n"
      "client_error_policy = 'close'\n"
      "threads = 2\n"
      "max_topics = 1_000\n"
      "max_watchers = 3\n"
      "event_history = 4\n"
      "empty_topic_ttl = '24h'\n"
      "debug = false\n"
      "verbose = true\n");
  EXPECT_THAT(warnings_of(given), IsEmpty());
  auto const settings = settings_of(given);
  EXPECT_EQ(settings.tcp_address, "127.0.0.1:0");
  EXPECT_EQ(settings.inactive_producer_timeout, 90min);
  EXPECT_EQ(settings.log_level, log::level::error);
  EXPECT_EQ(settings.client_error_policy, protocol::client_error_policy::close);
  EXPECT_EQ(settings.threads, 2U);
  EXPECT_EQ(settings.max_topics, 1000U);
  EXPECT_EQ(settings.max_watchers, 3U);
  EXPECT_EQ(settings.event_history, 4U);
  EXPECT_EQ(settings.empty_topic_ttl, 24h);
}

TEST(config_file, an_integer_for_a_duration_is_milliseconds) {
  EXPECT_EQ(settings_of(start_with_file("tombstone_lifetime = 1500")).tombstone_lifetime, 1500ms);
  EXPECT_EQ(settings_of(start_with_file("tombstone_lifetime = -1")).tombstone_lifetime, -1ms);
  EXPECT_EQ(settings_of(start_with_file("tombstone_lifetime = 0x10")).tombstone_lifetime, 16ms);
}

TEST(config_file, numbers_and_booleans_may_be_quoted) {
  auto const settings = settings_of(start_with_file("threads = '8'\ndebug = 't'\n"));
  EXPECT_EQ(settings.threads, 8U);
  EXPECT_EQ(settings.log_level, log::level::debug);
}

TEST(config_file, may_say_nothing) {
  EXPECT_EQ(settings_of(start_with_file("")), options{});
  EXPECT_EQ(settings_of(start_with_file("\r\n# nothing\r\n")), options{});
  EXPECT_EQ(settings_of(start_with_file("\xef\xbb\xbf# after a byte order mark\n")), options{});
}

TEST(config_file, an_empty_broadcast_address_is_the_host_name) {
  EXPECT_EQ(settings_of(start_with_file("broadcast_address = ''")).broadcast_address, host_name());
}

TEST(config_file, an_unknown_key_is_warned_of_and_ignored) {
  temporary_file const file{
      "broadcast_adress = 'x'\n"
      "log-prefix = 'x'\n"
      "THREADS = 9\n"
      "version = 2.0\n"
      "config = 5\n"
      "\"a\\nb\\u007f\" = 1\n"
      "[section]\n"
      "threads = 9\n"};
  auto const given = start({"-config", file.path()});
  auto const in_line = [&](int line, std::string const& rest) {
    return "config file " + file.path() + ", line " + std::to_string(line) + ": unknown key " +
           rest;
  };
  EXPECT_THAT(
      warnings_of(given),
      ElementsAre(in_line(3, "'THREADS' is ignored, did you mean threads?"),
                  in_line(6, "'a\nb\x7f' is ignored"), in_line(1, "'broadcast_adress' is ignored"),
                  in_line(5, "'config' is ignored"),
                  in_line(2, "'log-prefix' is ignored, did you mean log_prefix?"),
                  in_line(7, "'section' is ignored"), in_line(4, "'version' is ignored")));
  EXPECT_EQ(settings_of(given), options{});
}

/// The fatal message for a file of these bytes, with PATH in the place of its path.
std::string fatal_message_for(std::string_view bytes) {
  temporary_file const file{bytes};
  auto message = fatal_message_of(start({"-config", file.path()}));
  if (auto const at = message.find(file.path()); at != std::string::npos) {
    message.replace(at, file.path().size(), "PATH");
  }
  return message;
}

struct bad_file {
  std::string bytes;
  std::string message;
};

void expect_bad_values(std::vector<bad_file> const& cases) {
  for (auto const& [bytes, message] : cases) {
    EXPECT_EQ(fatal_message_for(bytes), "failed parsing " + message);
  }
}

std::string const not_a_duration = "must be a duration such as \"1m30s\"";

TEST(config_file, a_bad_value_is_fatal_and_named) {
  expect_bad_values(
      {{"log_level = 'loud'",
        "log_level loud in config file PATH, line 1 - "
        "invalid log level 'loud' (debug, info, warn, error, fatal)"},
       {"log_level = 1", "log_level 1 in config file PATH, line 1 - must be a string in quotes"},
       {"log_level = ['debug']",
        "log_level [...] in config file PATH, line 1 - must be a string in quotes"},
       {"\n[log_level]",
        "log_level {...} in config file PATH, line 2 - must be a string in quotes"},
       {"\n\ntombstone_lifetime = '5'", "tombstone_lifetime 5 in config file PATH, line 3 - " +
                                            not_a_duration + ": missing unit, e.g. 5s"},
       {"tombstone_lifetime = 1.5",
        "tombstone_lifetime 1.5 in config file PATH, line 1 - " + not_a_duration},
       {"tombstone_lifetime = true",
        "tombstone_lifetime true in config file PATH, line 1 - " + not_a_duration},
       {"tombstone_lifetime = 1979-05-27",
        "tombstone_lifetime 1979-05-27 in config file PATH, line 1 - " + not_a_duration},
       {"tombstone_lifetime = 9223372036854775807",
        "tombstone_lifetime 9223372036854775807 in config file PATH, line 1 - " + not_a_duration},
       {"write_timeout = -1",
        "write_timeout -1 in config file PATH, line 1 - must not be negative"},
       {"log_prefix = 5", "log_prefix 5 in config file PATH, line 1 - must be a string in quotes"},
       {"verbose = 1", "verbose 1 in config file PATH, line 1 - must be true or false"},
       {"verbose = 'x'", "verbose x in config file PATH, line 1 - must be true or false"},
       {"threads = 1.5", "threads 1.5 in config file PATH, line 1 - must be a whole number"},
       {"threads = 0",
        "threads 0 in config file PATH, line 1 - must be a whole number from 1 to 256"},
       {R"(threads = "1\n")",
        "threads 1\n in config file PATH, line 1 - must be a whole number from 1 to 256"},
       {"max_body_size = 0",
        "max_body_size 0 in config file PATH, line 1 - must be a number of bytes from 1 to "
        "2147483647, such as 4096 or 64KiB"}});
}

void expect_not_toml(std::vector<bad_file> const& cases) {
  for (auto const& [bytes, message] : cases) {
    EXPECT_THAT(fatal_message_for(bytes),
                testing::StartsWith("failed to load config file PATH - toml: line " + message));
  }
}

TEST(config_file, invalid_toml_is_fatal_with_the_line) {
  expect_not_toml({{"\nx = [1,", "2: "},
                   {"x", "1: "},
                   {"x = y", "1: "},
                   {"x = 1\nx = 2\n", "2: "},
                   {"threads = 1 debug = true", "1: "},
                   {"x = \"\xff\"", "1: "},
                   {"x = 1\n# \xc3(", "2: "},
                   {"x = 99999999999999999999", "1: "},
                   {"[section", "1: "},
                   {"[\\]", "1: "},
                   {"\u00e9 = 1", "1: "},
                   {std::string{"a\0b", 3}, "1: "},
                   {"x = " + std::string(10'000, '['), "1: "}});
}

TEST(config_file, a_missing_one_is_fatal) {
  EXPECT_EQ(fatal_message_of(start({"-config", "/does/not/exist"})),
            "failed to load config file /does/not/exist - No such file or directory");
}

TEST(config_file, a_directory_is_fatal) {
  EXPECT_EQ(fatal_message_of(start({"-config", "/"})),
            "failed to load config file / - Is a directory");
}

TEST(config_file, one_without_end_is_fatal) {
  EXPECT_EQ(fatal_message_of(start({"-config", "/dev/zero"})),
            "failed to load config file /dev/zero - it is larger than 65536 bytes");
}

TEST(config_file, an_empty_path_means_none) {
  EXPECT_EQ(settings_of(start({"-config="})), options{});
}

}  // namespace
}  // namespace nsqlookupd::config::test
