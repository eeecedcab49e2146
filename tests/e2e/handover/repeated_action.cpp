// SPDX-License-Identifier: MIT
#include "repeated_action.hpp"

#include <utility>

namespace nsqlookupd::e2e {

repeated_action::repeated_action(std::function<void()> action)
    : action_{std::move(action)}, thread_{[this](std::stop_token const& stop) { run(stop); }} {}

void repeated_action::wait_for(std::size_t more) {
  std::unique_lock lock{mutex_};
  auto const wanted = count_ + more;
  did_one_.wait(lock, [&] { return failure_ || count_ >= wanted; });
  if (failure_) {
    std::rethrow_exception(failure_);
  }
}

std::size_t repeated_action::end() {
  thread_.request_stop();
  thread_.join();
  if (failure_) {
    std::rethrow_exception(failure_);
  }
  return count_;
}

void repeated_action::run(std::stop_token const& stop) {
  while (!stop.stop_requested()) {
    std::exception_ptr failure;
    try {
      action_();
    } catch (...) {
      failure = std::current_exception();
    }
    {
      std::lock_guard const lock{mutex_};
      failure_ = failure;
      count_ += failure ? 0 : 1;
    }
    did_one_.notify_all();
    if (failure) {
      return;
    }
  }
}

}  // namespace nsqlookupd::e2e
