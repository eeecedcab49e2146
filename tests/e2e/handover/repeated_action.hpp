// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace nsqlookupd::e2e {

/// Does something again and again, on a thread of its own, until the end or until it throws.
class repeated_action {
 public:
  explicit repeated_action(std::function<void()> action);

  /// Returns when it was done so many more times. Throws what the action threw.
  void wait_for(std::size_t more);

  /// Lets it end, and returns how often it was done. Throws what the action threw.
  std::size_t end();

 private:
  void run(std::stop_token const& stop);

  std::function<void()> action_;
  std::mutex mutex_;
  std::condition_variable did_one_;
  std::size_t count_ = 0;
  std::exception_ptr failure_;
  std::jthread thread_;
};

}  // namespace nsqlookupd::e2e
