// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/log/setup.hpp>

#include "captured_log.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace nsqlookupd::log {
namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

constexpr std::uint64_t most = 100;

class repeats : public testing::Test {
 protected:
  // How many of so many lines may be written.
  std::uint64_t admitted(std::uint64_t count, repeated const& kind) const {
    std::uint64_t passed = 0;
    for (; count != 0; --count) {
      passed += detail::admit(level::error, kind, now) ? 1 : 0;
    }
    return passed;
  }

  test_support::captured_log log;
  std::chrono::steady_clock::time_point now{1000s};
};

TEST_F(repeats, are_written_a_hundred_times) {
  EXPECT_EQ(admitted(most, {"errors", "a"}), most);
  EXPECT_EQ(admitted(1000, {"errors", "a"}), 0U);
}

TEST_F(repeats, of_one_client_do_not_silence_another) {
  admitted(1000, {"errors", "a"});
  EXPECT_EQ(admitted(5, {"errors", "b"}), 5U);
  EXPECT_EQ(admitted(5, {"warnings", "a"}), 5U);
}

TEST_F(repeats, are_reported_when_ten_seconds_are_over) {
  admitted(most + 7, {"errors", "a"});
  report_left_out(now + 9s);
  EXPECT_EQ(log.lines(), strings{});
  now += 10s;
  report_left_out(now);
  EXPECT_EQ(log.lines(), strings{"ERROR: [a] - 7 more errors were left out within 10s"});
  EXPECT_EQ(admitted(1, {"errors", "a"}), 1U);
}

TEST_F(repeats, are_reported_before_the_next_of_their_kind) {
  admitted(most + 7, {"errors", "a"});
  now += 10s;
  EXPECT_EQ(admitted(most + 1, {"errors", "a"}), most);
  EXPECT_EQ(log.lines(), strings{"ERROR: [a] - 7 more errors were left out within 10s"});
}

TEST_F(repeats, are_not_reported_where_none_was_left_out) {
  admitted(most, {"errors", "a"});
  report_left_out(now + 10s);
  admitted(most, {"errors", "a"});
  stop();
  EXPECT_EQ(log.lines(), strings{});
}

TEST_F(repeats, of_more_kinds_than_are_told_apart_are_reported_all_the_same) {
  constexpr std::size_t kinds = 5000;
  for (std::size_t number = 0; number < kinds; ++number) {
    admitted(most + 1, {"errors", std::to_string(number)});
  }
  stop();
  EXPECT_EQ(log.lines().size(), kinds);
}

TEST(limited_lines, are_followed_by_how_many_were_left_out) {
  auto const before = left_out_lines();
  test_support::captured_log const log;
  for (int number = 0; number < 150; ++number) {
    limited_line(level::error, {"errors", "1.2.3.4:5"}, "number ", number);
    limited_line(level::warning, {"odd clients"}, "odd ", number);
  }
  EXPECT_EQ(left_out_lines(), before + 100);
  // Nothing is due yet.
  report_left_out();
  EXPECT_EQ(log.lines().size(), 200U);
  stop();
  auto const lines = log.lines();
  ASSERT_EQ(lines.size(), 202U);
  EXPECT_EQ(lines[0], "ERROR: number 0");
  EXPECT_EQ(lines[199], "WARNING: odd 99");
  strings const last{lines.end() - 2, lines.end()};
  auto const client = "ERROR: [1.2.3.4:5] - 50 more errors were left out within 10s";
  auto const odd = "WARNING: 50 more lines about odd clients were left out within 10s";
  EXPECT_TRUE(last == (strings{client, odd}) || last == (strings{odd, client})) << last[0];
}

TEST(limited_lines, below_the_threshold_count_for_nothing) {
  auto const before = left_out_lines();
  test_support::captured_log const log{level::fatal};
  for (int number = 0; number < 150; ++number) {
    limited_line(level::error, {"errors"}, "number ", number);
  }
  EXPECT_EQ(left_out_lines(), before);
}

}  // namespace
}  // namespace nsqlookupd::log
