// SPDX-License-Identifier: MIT
//
// A log whose sink is slow, stuck or failing.
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/log/setup.hpp>

#include "text_lines.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd::log {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto long_enough = 10s;

/// A test's view of its valve_sink, and how it opens and shuts it.
struct valve {
  std::mutex guard;
  std::condition_variable changed;
  bool open = false;
  bool entered = false;
  bool destroyed = false;
  std::string text;

  void set_open() {
    std::lock_guard const lock(guard);
    open = true;
    changed.notify_all();
  }

  [[nodiscard]] bool wait_for(bool valve::* condition) {
    std::unique_lock lock(guard);
    return changed.wait_for(lock, long_enough, [&] { return this->*condition; });
  }

  [[nodiscard]] std::vector<std::string> lines() {
    std::lock_guard const lock(guard);
    return text_lines(text);
  }
};

/// Its write does not return while the valve is shut, however long that is.
class valve_sink final : public line_sink {
 public:
  explicit valve_sink(std::shared_ptr<valve> shared) : valve_(std::move(shared)) {}

  ~valve_sink() override {
    std::lock_guard const lock(valve_->guard);
    valve_->destroyed = true;
    valve_->changed.notify_all();
  }

  progress write(std::string_view lines, std::chrono::milliseconds) noexcept override {
    std::unique_lock lock(valve_->guard);
    valve_->entered = true;
    valve_->changed.notify_all();
    valve_->changed.wait(lock, [this] { return valve_->open; });
    valve_->text += lines;
    return {.taken = lines.size()};
  }

 private:
  std::shared_ptr<valve> valve_;
};

std::shared_ptr<valve> start_with_valve() {
  auto shared = std::make_shared<valve>();
  start({.prefix = "", .sink = std::make_unique<valve_sink>(shared)});
  return shared;
}

/// Makes more lines than the queue holds, numbered from 0, while the sink is busy with the first.
std::size_t overfill(valve& shared) {
  write(level::info, "0");
  EXPECT_TRUE(shared.wait_for(&valve::entered));
  std::size_t const count = most_waiting_bytes / 20;
  for (std::size_t number = 1; number < count; ++number) line(level::info, number);
  return count;
}

std::string notice(std::size_t dropped) {
  return "WARNING: " + std::to_string(dropped) +
         " log lines dropped: the log could not be written fast enough";
}

TEST(log_overload, a_full_queue_drops_and_counts_and_says_so_where_lines_are_missing) {
  auto const before = dropped_lines();
  auto const shared = start_with_valve();
  auto const made = overfill(*shared);
  auto const dropped = dropped_lines() - before;
  EXPECT_GT(dropped, 0U);
  shared->set_open();
  EXPECT_TRUE(flush(long_enough));
  write(level::info, "after");
  stop();

  auto const written = made - dropped;
  auto const lines = shared->lines();
  ASSERT_EQ(lines.size(), written + 2);
  for (std::size_t number = 0; number < written; ++number) {
    ASSERT_EQ(without_stamp(lines[number]), "INFO: " + std::to_string(number));
  }
  EXPECT_EQ(without_stamp(lines[written]), notice(dropped));
  EXPECT_EQ(without_stamp(lines[written + 1]), "INFO: after");
  EXPECT_EQ(dropped_lines() - before, dropped);
}

TEST(log_overload, flush_says_when_its_time_is_not_enough) {
  auto const shared = start_with_valve();
  write(level::info, "stuck");
  EXPECT_TRUE(shared->wait_for(&valve::entered));
  EXPECT_FALSE(flush(0ms));
  shared->set_open();
  EXPECT_TRUE(flush(long_enough));
  stop();
}

TEST(log_overload, stop_leaves_a_sink_behind_that_never_returns) {
  auto const shared = start_with_valve();
  overfill(*shared);
  auto const begun = clock::now();
  stop();
  EXPECT_LT(clock::now() - begun, 2s);
  EXPECT_FALSE(enabled(level::fatal));
  shared->set_open();
  EXPECT_TRUE(shared->wait_for(&valve::destroyed));
}

TEST(log_overload, a_log_can_be_started_beside_a_sink_left_behind) {
  auto const stuck = start_with_valve();
  overfill(*stuck);
  auto const fresh = start_with_valve();
  fresh->set_open();
  write(level::info, "fresh");
  stop();
  ASSERT_EQ(fresh->lines().size(), 1U);
  EXPECT_EQ(without_stamp(fresh->lines().front()), "INFO: fresh");
  stuck->set_open();
  EXPECT_TRUE(stuck->wait_for(&valve::destroyed));
}

/// Takes a few bytes of the first write, then fails until it is mended, like a disk that fills up.
class filling_sink final : public line_sink {
 public:
  explicit filling_sink(std::shared_ptr<valve> shared) : valve_(std::move(shared)) {}

  progress write(std::string_view lines, std::chrono::milliseconds) noexcept override {
    std::lock_guard const lock(valve_->guard);
    auto const whole = valve_->open;
    auto const taken = whole ? lines.size() : std::exchange(capacity_, 0);
    valve_->text += lines.substr(0, taken);
    return {.taken = taken, .failed = !whole};
  }

 private:
  std::shared_ptr<valve> valve_;
  std::size_t capacity_ = 5;
};

TEST(log_overload, after_a_failed_write_the_notice_begins_on_a_line_of_its_own) {
  auto const before = dropped_lines();
  auto const shared = std::make_shared<valve>();
  start({.prefix = "", .sink = std::make_unique<filling_sink>(shared)});
  write(level::info, "torn");
  EXPECT_TRUE(flush(long_enough));
  write(level::info, "lost");
  EXPECT_TRUE(flush(long_enough));
  EXPECT_EQ(dropped_lines() - before, 2U);
  shared->set_open();
  write(level::info, "written");
  stop();

  auto const lines = shared->lines();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].size(), 5U);
  EXPECT_EQ(without_stamp(lines[1]), notice(2));
  EXPECT_EQ(without_stamp(lines[2]), "INFO: written");
  EXPECT_EQ(dropped_lines() - before, 2U);
}

TEST(log_overload, one_lost_line_is_not_called_lines) {
  auto const shared = std::make_shared<valve>();
  start({.prefix = "", .sink = std::make_unique<filling_sink>(shared)});
  write(level::info, "torn");
  EXPECT_TRUE(flush(long_enough));
  shared->set_open();
  write(level::info, "written");
  stop();
  ASSERT_EQ(shared->lines().size(), 3U);
  EXPECT_TRUE(without_stamp(shared->lines()[1]).starts_with("WARNING: 1 log line dropped: "));
}
}  // namespace
}  // namespace nsqlookupd::log
