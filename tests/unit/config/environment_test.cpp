// SPDX-License-Identifier: MIT
#include "start.hpp"
#include "temporary_file.hpp"
#include <gtest/gtest.h>

#include <cstdlib>

namespace nsqlookupd::config::test {
namespace {

using namespace std::chrono_literals;

TEST(environment, variables_are_the_flags_in_capitals) {
  auto const settings =
      settings_of(start({}, {{"NSQLOOKUPD_TCP_ADDRESS", "127.0.0.1:0"},
                             {"NSQLOOKUPD_TOMBSTONE_LIFETIME", "1m"},
                             {"NSQLOOKUPD_LOG_LEVEL", "Warn"},
                             {"NSQLOOKUPD_CLIENT_ERROR_POLICY", "close"},
                             {"NSQLOOKUPD_MAX_REGISTRATIONS_PER_PRODUCER", "7"}}));
  EXPECT_EQ(settings.tcp_address, "127.0.0.1:0");
  EXPECT_EQ(settings.tombstone_lifetime, 1min);
  EXPECT_EQ(settings.log_level, log::level::warning);
  EXPECT_EQ(settings.client_error_policy, client_error_policy::close);
  EXPECT_EQ(settings.max_registrations_per_producer, 7U);
}

TEST(environment, booleans_are_read_as_those_of_flags) {
  EXPECT_EQ(settings_of(start({}, {{"NSQLOOKUPD_DEBUG", "1"}})).log_level, log::level::debug);
  EXPECT_EQ(settings_of(start({}, {{"NSQLOOKUPD_DEBUG", "f"}})).log_level, log::level::info);
}

TEST(environment, names_the_config_file) {
  temporary_file const file{"log_prefix = 'from the file '"};
  variables const environment{{"NSQLOOKUPD_CONFIG", file.path()}};
  EXPECT_EQ(settings_of(start({}, environment)).log_prefix, "from the file ");
  EXPECT_EQ(settings_of(start({"-config="}, environment)), options{});
}

TEST(environment, an_empty_variable_is_set) {
  EXPECT_EQ(settings_of(start({}, {{"NSQLOOKUPD_LOG_PREFIX", ""}})).log_prefix, "");
}

TEST(environment, other_variables_are_no_concern) {
  EXPECT_EQ(settings_of(start({}, {{"NSQLOOKUPD_VERSION", "v2.0.0"},
                                   {"NSQLOOKUPD_NOPE", "x"},
                                   {"TCP_ADDRESS", "x"},
                                   {"nsqlookupd_tcp_address", "x"}})),
            options{});
}

TEST(environment, a_bad_value_is_fatal_and_named) {
  EXPECT_EQ(fatal_message_of(start({}, {{"NSQLOOKUPD_TOMBSTONE_LIFETIME", "5"}})),
            "failed parsing environment variable NSQLOOKUPD_TOMBSTONE_LIFETIME=5 - "
            "time: missing unit in duration \"5\"");
  EXPECT_EQ(fatal_message_of(start({}, {{"NSQLOOKUPD_LOG_LEVEL", "loud"}})),
            "failed parsing environment variable NSQLOOKUPD_LOG_LEVEL=loud - "
            "invalid log level 'loud' (debug, info, warn, error, fatal)");
  EXPECT_EQ(fatal_message_of(start({}, {{"NSQLOOKUPD_VERBOSE", "maybe"}})),
            "failed parsing environment variable NSQLOOKUPD_VERBOSE=maybe - must be true or false");
  EXPECT_EQ(fatal_message_of(start({}, {{"NSQLOOKUPD_THREADS", "four"}})),
            "failed parsing environment variable NSQLOOKUPD_THREADS=four - must be a whole number");
  EXPECT_EQ(fatal_message_of(start({}, {{"NSQLOOKUPD_THREADS", "0"}})),
            "failed parsing environment variable NSQLOOKUPD_THREADS=0 - must be from 1 to 256");
}

TEST(environment, a_bad_value_stays_on_one_line) {
  EXPECT_EQ(fatal_message_of(start({}, {{"NSQLOOKUPD_THREADS", "1\n2\x7f"}})),
            "failed parsing environment variable NSQLOOKUPD_THREADS=1\\x0a2\\x7f - "
            "must be a whole number");
}

TEST(environment, of_the_process) {
  ASSERT_EQ(::setenv("NSQLOOKUPD_TEST_VARIABLE", "", 1), 0);
  EXPECT_EQ(process_environment("NSQLOOKUPD_TEST_VARIABLE"), "");
  ASSERT_EQ(::unsetenv("NSQLOOKUPD_TEST_VARIABLE"), 0);
  EXPECT_EQ(process_environment("NSQLOOKUPD_TEST_VARIABLE"), std::nullopt);
}

}  // namespace
}  // namespace nsqlookupd::config::test
