// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/format_line.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

namespace nsqlookupd::log {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

// 2026-11-22 14:25:03 UTC.
auto const moment = system_clock::from_time_t(1795357503);

/// Three and a half hours ahead of UTC, which no default time zone is.
class format_line_test : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TZ", "TEST-03:30", 1);
    ::tzset();
  }
  void TearDown() override {
    ::unsetenv("TZ");
    ::tzset();
  }
};

std::string text_line(std::string_view prefix, level severity, std::string_view message,
                      system_clock::time_point time = moment) {
  return format_line(line_format::text, prefix, severity, message, time);
}

std::string message_part(std::string_view message) {
  auto const line = text_line("", level::info, message);
  return line.substr(line.find("INFO: ") + 6);
}

TEST_F(format_line_test, has_prefix_local_time_level_and_message) {
  EXPECT_EQ(text_line("[nsqlookupd] ", level::info, "TCP: listening", moment + 881653us),
            "[nsqlookupd] 2026/11/22 17:55:03.881653 INFO: TCP: listening\n");
}

TEST_F(format_line_test, pads_every_number) {
  auto const early = system_clock::from_time_t(1767301445);
  EXPECT_EQ(text_line("", level::info, "", early + 7us), "2026/01/02 00:34:05.000007 INFO: \n");
}

TEST_F(format_line_test, microseconds_are_cut_not_rounded) {
  auto const line = text_line("", level::info, "x", moment + 999999999ns);
  EXPECT_EQ(line, "2026/11/22 17:55:03.999999 INFO: x\n");
}

TEST_F(format_line_test, another_second_has_another_stamp) {
  EXPECT_EQ(text_line("", level::info, "x"), "2026/11/22 17:55:03.000000 INFO: x\n");
  EXPECT_EQ(text_line("", level::info, "x", moment + 1s), "2026/11/22 17:55:04.000000 INFO: x\n");
  EXPECT_EQ(text_line("", level::info, "x"), "2026/11/22 17:55:03.000000 INFO: x\n");
}

TEST_F(format_line_test, names_every_level) {
  EXPECT_TRUE(text_line("", level::debug, "x").ends_with(" DEBUG: x\n"));
  EXPECT_TRUE(text_line("", level::info, "x").ends_with(" INFO: x\n"));
  EXPECT_TRUE(text_line("", level::warning, "x").ends_with(" WARNING: x\n"));
  EXPECT_TRUE(text_line("", level::error, "x").ends_with(" ERROR: x\n"));
  EXPECT_TRUE(text_line("", level::fatal, "x").ends_with(" FATAL: x\n"));
}

TEST_F(format_line_test, control_bytes_become_escapes) {
  using namespace std::string_view_literals;
  EXPECT_EQ(message_part("a\nb\rc\td"), "a\\nb\\rc\\td\n");
  EXPECT_EQ(message_part("\0\x1b[31m\x1f\x7f"sv), "\\x00\\x1b[31m\\x1f\\x7f\n");
}

TEST_F(format_line_test, control_characters_of_two_bytes_become_escapes) {
  EXPECT_EQ(message_part("a\xc2\x9b"
                         "31m\xc2\x80\xc2\x9f"),
            "a\\xc2\\x9b31m\\xc2\\x80\\xc2\\x9f\n");
  EXPECT_EQ(message_part("\xc2\xa0\xc3\x9b\xc2\xc2\x85\xc2"),
            "\xc2\xa0\xc3\x9b\xc2\\xc2\\x85\xc2\n");
}

TEST_F(format_line_test, other_bytes_stay_as_they_are) {
  EXPECT_EQ(message_part(" \\ ~ \xc3\xa9 \x80\xff"), " \\ ~ \xc3\xa9 \x80\xff\n");
}

TEST_F(format_line_test, the_prefix_stays_as_it_is) {
  EXPECT_TRUE(text_line("\x1b[1m", level::info, "x").starts_with("\x1b[1m2026/"));
}

TEST_F(format_line_test, the_longest_line_that_fits_is_whole) {
  auto const around = text_line("", level::info, "").size() + 3;
  std::string const fits(max_line_size - around, 'x');
  EXPECT_EQ(message_part(fits), fits + "\n");
}

TEST_F(format_line_test, a_longer_line_is_cut_and_says_so) {
  auto const line = text_line("", level::info, std::string(max_line_size, 'x'));
  EXPECT_EQ(line.size(), max_line_size);
  EXPECT_TRUE(line.ends_with("xx...\n"));
}

TEST_F(format_line_test, escapes_and_prefixes_are_cut_too) {
  auto const escapes = text_line("", level::info, std::string(max_line_size, '\n'));
  EXPECT_LE(escapes.size(), max_line_size);
  EXPECT_TRUE(escapes.ends_with("...\n"));
  auto const prefixed = text_line(std::string(max_line_size + 9, 'p'), level::info, "x");
  EXPECT_EQ(prefixed, std::string(max_line_size - 4, 'p') + "...\n");
}
}  // namespace
}  // namespace nsqlookupd::log
