// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <stdexcept>

namespace nsqlookupd::test_support {

/// A wall clock that stands still until it is told to go on. Any thread.
class manual_clock {
 public:
  using time_point = std::chrono::sys_time<std::chrono::nanoseconds>;

  [[nodiscard]] time_point now() {
    if (fails_.exchange(false)) {
      throw std::runtime_error{"no time"};
    }
    return time_point{std::chrono::nanoseconds{now_}};
  }

  void advance(std::chrono::nanoseconds by) { now_ += by.count(); }

  /// Makes the next now() throw std::runtime_error.
  void fail_once() { fails_ = true; }

 private:
  // 2026-11-23T00:00:00Z
  std::atomic<std::chrono::nanoseconds::rep> now_{1'795'392'000'000'000'000};
  std::atomic<bool> fails_{false};
};

}  // namespace nsqlookupd::test_support
