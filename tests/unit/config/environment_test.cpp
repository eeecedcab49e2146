// SPDX-License-Identifier: MIT
#include "start.hpp"
#include "temporary_file.hpp"
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

namespace nsqlookupd::config::test {
namespace {

using namespace std::chrono_literals;

TEST(environment, variables_are_the_flags_in_capitals) {
  auto const settings = settings_of(start({}, {{"NSQLOOKUPD_TCP_ADDRESS", "127.0.0.1:0"},
                                               {"NSQLOOKUPD_TOMBSTONE_LIFETIME", "1m"},
                                               {"NSQLOOKUPD_LOG_LEVEL", "Warn"},
                                               {"NSQLOOKUPD_CLIENT_ERROR_POLICY", "close"},
                                               {"NSQLOOKUPD_MAX_REGISTRATIONS_PER_PRODUCER", "7"},
                                               {"NSQLOOKUPD_EMPTY_TOPIC_TTL", "2m"},
                                               {"NSQLOOKUPD_EVENT_HISTORY", "0"},
                                               {"NSQLOOKUPD_MAX_WATCHERS", "0"}}));
  EXPECT_EQ(settings.tcp_address, "127.0.0.1:0");
  EXPECT_EQ(settings.tombstone_lifetime, 1min);
  EXPECT_EQ(settings.log_level, log::level::warning);
  EXPECT_EQ(settings.client_error_policy, protocol::client_error_policy::close);
  EXPECT_EQ(settings.max_registrations_per_producer, 7U);
  EXPECT_EQ(settings.empty_topic_ttl, 2min);
  EXPECT_EQ(settings.event_history, 0U);
  EXPECT_EQ(settings.max_watchers, 0U);
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
            "must be a duration such as \"1m30s\": missing unit, e.g. 5s");
  EXPECT_EQ(fatal_message_of(start({}, {{"NSQLOOKUPD_LOG_LEVEL", "loud"}})),
            "failed parsing environment variable NSQLOOKUPD_LOG_LEVEL=loud - "
            "invalid log level 'loud' (debug, info, warn, error, fatal)");
  EXPECT_EQ(fatal_message_of(start({}, {{"NSQLOOKUPD_VERBOSE", "maybe"}})),
            "failed parsing environment variable NSQLOOKUPD_VERBOSE=maybe - must be true or false");
  EXPECT_EQ(fatal_message_of(start({}, {{"NSQLOOKUPD_THREADS", "four"}})),
            "failed parsing environment variable NSQLOOKUPD_THREADS=four - must be "
            "a whole number from 1 to 256");
  EXPECT_EQ(fatal_message_of(start({}, {{"NSQLOOKUPD_THREADS", "0"}})),
            "failed parsing environment variable NSQLOOKUPD_THREADS=0 - must be a whole number "
            "from 1 to 256");
}

/// A variable of this process, for a while.
class process_variable {
 public:
  process_variable(std::string name, std::string const& value) : name_{std::move(name)} {
    EXPECT_EQ(::setenv(name_.c_str(), value.c_str(), 1), 0);
  }
  process_variable(process_variable const&) = delete;
  process_variable& operator=(process_variable const&) = delete;
  ~process_variable() { ::unsetenv(name_.c_str()); }

 private:
  std::string name_;
};

TEST(environment, of_the_process) {
  EXPECT_EQ(process_environment("NSQLOOKUPD_TEST_VARIABLE"), std::nullopt);
  process_variable const set{"NSQLOOKUPD_TEST_VARIABLE", "value"};
  EXPECT_EQ(process_environment("NSQLOOKUPD_TEST_VARIABLE"), "value");
}

TEST(environment, an_empty_variable_is_an_unset_one) {
  process_variable const prefix{"NSQLOOKUPD_LOG_PREFIX", ""};
  process_variable const level{"NSQLOOKUPD_LOG_LEVEL", ""};
  process_variable const threads{"NSQLOOKUPD_THREADS", ""};
  process_variable const address{"NSQLOOKUPD_HTTP_ADDRESS", ""};
  process_variable const config{"NSQLOOKUPD_CONFIG", ""};
  char const* const server[] = {"nsqlookupd"};
  EXPECT_EQ(settings_of(parse(1, server, process_environment)), options{});
  char const* const check[] = {"nsqlookupd", "healthcheck"};
  EXPECT_EQ(std::get<check_health>(parse(2, check, process_environment)).http_address,
            options{}.http_address);

  temporary_file const file{"log_level = 'warn'\nlog_prefix = 'from the file '\n"};
  process_variable const path{"NSQLOOKUPD_CONFIG", file.path()};
  auto const from_file = settings_of(parse(1, server, process_environment));
  EXPECT_EQ(from_file.log_level, log::level::warning);
  EXPECT_EQ(from_file.log_prefix, "from the file ");
}

}  // namespace
}  // namespace nsqlookupd::config::test
