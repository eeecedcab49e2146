// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/log/setup.hpp>

#include "captured_log.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::log {
namespace {

using test_support::captured_log;
using strings = std::vector<std::string>;

void write_at_every_level() {
  write(level::debug, "d");
  write(level::info, "i");
  write(level::warning, "w");
  write(level::error, "e");
  write(level::fatal, "f");
}

TEST(log_line, reaches_the_sink_in_order) {
  captured_log const captured;
  write(level::info, "first");
  write(level::error, "second");
  EXPECT_EQ(captured.lines(), (strings{"INFO: first", "ERROR: second"}));
}

TEST(log_line, joins_text_numbers_and_characters) {
  captured_log const captured;
  std::string const text = "text";
  line(level::info, "a ", text, ' ', std::string_view("view"), ' ', std::uint16_t{65535}, ' ', -1,
       ' ', std::numeric_limits<std::int64_t>::min(), ' ', std::uint8_t{65});
  EXPECT_EQ(captured.lines(), strings{"INFO: a text view 65535 -1 -9223372036854775808 65"});
}

TEST(log_line, has_the_values_of_its_fields) {
  captured_log const captured;
  std::string const client = "127.0.0.1:5";
  line(level::info, "client(", field{"client", client}, ") - ", field{"status", 200},
       field{"nothing", ""}, field{"mark", '!'});
  EXPECT_EQ(captured.lines(), strings{"INFO: client(127.0.0.1:5) - 200!"});
}

TEST(log_line, cannot_be_split_by_what_a_client_sends) {
  captured_log const captured;
  line(level::info, "command ", "FOO\nINFO: forged");
  EXPECT_EQ(captured.lines(), strings{"INFO: command FOO\\nINFO: forged"});
}

TEST(log_line, is_cut_when_its_parts_are_too_long) {
  captured_log const captured;
  line(level::info, std::string(3000, 'x'), std::string(3000, 'y'));
  ASSERT_EQ(captured.lines().size(), 1U);
  EXPECT_TRUE(captured.lines().front().ends_with("yy..."));
}

TEST(log_level, lines_below_the_threshold_are_left_out) {
  struct {
    level threshold;
    strings expected;
  } const cases[] = {
      {level::debug, {"DEBUG: d", "INFO: i", "WARNING: w", "ERROR: e", "FATAL: f"}},
      {level::info, {"INFO: i", "WARNING: w", "ERROR: e", "FATAL: f"}},
      {level::warning, {"WARNING: w", "ERROR: e", "FATAL: f"}},
      {level::error, {"ERROR: e", "FATAL: f"}},
      {level::fatal, {"FATAL: f"}},
  };
  for (auto const& [threshold, expected] : cases) {
    captured_log const captured(threshold);
    write_at_every_level();
    EXPECT_EQ(captured.lines(), expected);
  }
}

TEST(log_level, enabled_says_what_is_written) {
  captured_log const captured(level::warning);
  EXPECT_FALSE(enabled(level::debug));
  EXPECT_FALSE(enabled(level::info));
  EXPECT_TRUE(enabled(level::warning));
  EXPECT_TRUE(enabled(level::fatal));
}

TEST(log_level, the_threshold_changes_at_run_time) {
  captured_log const captured(level::error);
  write(level::info, "too low");
  set_threshold(level::debug);
  write(level::debug, "now");
  set_threshold(level::fatal);
  line(level::error, "too low again");
  EXPECT_EQ(captured.lines(), strings{"DEBUG: now"});
}

TEST(log_life, nothing_is_enabled_before_start_and_after_stop) {
  auto const dropped_before = dropped_lines();
  EXPECT_FALSE(enabled(level::fatal));
  write(level::fatal, "before");
  {
    captured_log const captured;
    EXPECT_TRUE(enabled(level::debug));
    EXPECT_EQ(captured.lines(), strings{});
  }
  EXPECT_FALSE(enabled(level::fatal));
  write(level::fatal, "after");
  EXPECT_EQ(dropped_lines(), dropped_before);
}

TEST(log_life, a_threshold_does_not_wake_a_stopped_log) {
  set_threshold(level::debug);
  EXPECT_FALSE(enabled(level::fatal));
}

TEST(log_life, stop_and_flush_of_a_stopped_log_do_nothing) {
  stop();
  stop();
  EXPECT_TRUE(flush(std::chrono::milliseconds(0)));
}

TEST(log_life, it_can_be_started_again) {
  for (auto const* word : {"one", "two", "three"}) {
    captured_log const captured;
    write(level::info, word);
    EXPECT_EQ(captured.lines(), strings{std::string("INFO: ") + word});
  }
}
}  // namespace
}  // namespace nsqlookupd::log
