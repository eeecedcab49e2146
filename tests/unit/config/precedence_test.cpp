// SPDX-License-Identifier: MIT
//
// A flag beats the environment, which beats the file, which beats the default.
#include "start.hpp"
#include <gtest/gtest.h>

namespace nsqlookupd::config::test {
namespace {

using namespace std::chrono_literals;

constexpr char const* in_file = "log_prefix = 'file'\n";
variables const in_environment{{"NSQLOOKUPD_LOG_PREFIX", "environment"}};
arguments const as_flag{"-log-prefix=flag"};

TEST(precedence, of_the_file_over_the_default) {
  EXPECT_EQ(settings_of(start_with_file(in_file)).log_prefix, "file");
}

TEST(precedence, of_the_environment_over_the_file) {
  EXPECT_EQ(settings_of(start_with_file(in_file, {}, in_environment)).log_prefix, "environment");
}

TEST(precedence, of_a_flag_over_all) {
  EXPECT_EQ(settings_of(start_with_file(in_file, as_flag, in_environment)).log_prefix, "flag");
  EXPECT_EQ(settings_of(start_with_file(in_file, as_flag)).log_prefix, "flag");
  EXPECT_EQ(settings_of(start({as_flag}, in_environment)).log_prefix, "flag");
}

TEST(precedence, a_flag_with_its_default_value_beats_the_file) {
  auto const given = start_with_file("tombstone_lifetime = '1s'\nmax_topics = 5\n",
                                     {"-tombstone-lifetime=45s", "-max-topics=0"});
  EXPECT_EQ(settings_of(given).tombstone_lifetime, 45s);
  EXPECT_EQ(settings_of(given).max_topics, 0U);
}

TEST(precedence, a_variable_with_its_default_value_beats_the_file) {
  auto const given =
      start_with_file("tombstone_lifetime = '1s'", {}, {{"NSQLOOKUPD_TOMBSTONE_LIFETIME", "45s"}});
  EXPECT_EQ(settings_of(given).tombstone_lifetime, 45s);
}

TEST(precedence, an_overridden_value_is_not_looked_at) {
  EXPECT_EQ(settings_of(start_with_file("threads = true", {"-threads=2"})).threads, 2U);
  EXPECT_EQ(settings_of(start({"-threads=2"}, {{"NSQLOOKUPD_THREADS", "x"}})).threads, 2U);
}

TEST(precedence, but_a_bad_log_level_in_the_file_is_fatal_all_the_same) {
  auto const expected = "failed parsing log_level loud in config file ";
  EXPECT_TRUE(fatal_message_of(start_with_file("log_level = 'loud'", {"-log-level=info"}))
                  .starts_with(expected));
  EXPECT_TRUE(fatal_message_of(
                  start_with_file("log_level = 'loud'", {}, {{"NSQLOOKUPD_LOG_LEVEL", "info"}}))
                  .starts_with(expected));
}

TEST(precedence, debug_yields_to_a_log_level_from_a_stronger_source) {
  auto const level_with = [](arguments const& flags, variables const& variables_set) {
    return settings_of(start_with_file("debug = true", flags, variables_set)).log_level;
  };
  EXPECT_EQ(level_with({}, {}), log::level::debug);
  EXPECT_EQ(level_with({"-log-level=error"}, {}), log::level::error);
  EXPECT_EQ(level_with({}, {{"NSQLOOKUPD_LOG_LEVEL", "error"}}), log::level::error);
  EXPECT_EQ(level_with({"-debug"}, {{"NSQLOOKUPD_LOG_LEVEL", "error"}}), log::level::debug);
  EXPECT_EQ(level_with({"-debug=false"}, {}), log::level::info);
}

}  // namespace
}  // namespace nsqlookupd::config::test
