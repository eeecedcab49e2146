// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/log/setup.hpp>

#include "captured_log.hpp"
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace nsqlookupd::log {
namespace {

using test_support::captured_log;

constexpr std::size_t writers = 4;
constexpr std::size_t lines_each = 500;

std::string body(std::size_t writer, std::size_t number) {
  return std::to_string(writer) + ' ' + std::to_string(number) + ' ' +
         std::string(50 + writer * 40, static_cast<char>('a' + writer));
}

void write_from_all_threads() {
  std::vector<std::jthread> threads;
  threads.reserve(writers);
  for (std::size_t writer = 0; writer < writers; ++writer) {
    threads.emplace_back([writer] {
      for (std::size_t number = 0; number < lines_each; ++number) {
        write(level::info, body(writer, number));
      }
    });
  }
}

TEST(log_threads, lines_stay_whole_and_each_threads_lines_in_order) {
  captured_log const captured;
  write_from_all_threads();
  std::array<std::size_t, writers> next{};
  for (auto const& line : captured.lines()) {
    auto const writer = static_cast<std::size_t>(line.at(6) - '0');
    ASSERT_LT(writer, writers) << line;
    ASSERT_EQ(line, "INFO: " + body(writer, next[writer]));
    ++next[writer];
  }
  for (auto const count : next) EXPECT_EQ(count, lines_each);
}

TEST(log_threads, the_threshold_may_change_meanwhile) {
  captured_log const captured(level::error);
  std::jthread const changes([] {
    for (int turn = 0; turn < 200; ++turn) {
      set_threshold(turn % 2 == 0 ? level::debug : level::error);
    }
  });
  write_from_all_threads();
  write(level::error, "last");
  EXPECT_EQ(captured.lines().back(), "ERROR: last");
}

TEST(log_threads, writers_may_go_on_while_the_log_stops_and_starts) {
  std::atomic<bool> done{false};
  std::jthread const writer([&done] {
    while (!done) write(level::info, "still here");
  });
  for (int turn = 0; turn < 20; ++turn) {
    captured_log const captured;
    EXPECT_TRUE(captured.wait_for("still here"));
  }
  done = true;
}
}  // namespace
}  // namespace nsqlookupd::log
