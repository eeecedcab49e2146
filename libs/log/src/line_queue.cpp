// SPDX-License-Identifier: MIT
#include "line_queue.hpp"

#include <nsqlookupd/log/bounded_text.hpp>

#include <algorithm>
#include <utility>

namespace nsqlookupd::log {

line_queue::line_queue(std::size_t capacity, std::chrono::milliseconds gather_time)
    : capacity_(std::max(capacity, max_line_size)), gather_time_(gather_time) {
  pending_.reserve(capacity_);
}

void line_queue::push(std::string_view line) noexcept {
  std::lock_guard const lock(guard_);
  if (line.size() > capacity_ - pending_.size()) {
    ++lost_;
    dropped_total.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  pending_.append(line);
  ++pushed_;
  if (pending_.size() < wake_at_) return;
  wake_at_ = never;
  writer_.notify_one();
}

bool line_queue::take(std::string& batch, std::uint64_t& lost) {
  std::unique_lock lock(guard_);
  written_ = taken_;
  others_.notify_all();
  auto const urgent = [this] { return closed_ || hurry_; };
  wake_at_ = capacity_ / 2;
  writer_.wait_for(lock, gather_time_,
                   [&] { return urgent() || pending_.size() >= capacity_ / 2; });
  wake_at_ = 1;
  writer_.wait(lock, [&] { return urgent() || !pending_.empty(); });
  wake_at_ = never;
  hurry_ = false;
  taken_ = pushed_;
  batch.clear();
  batch.swap(pending_);
  lost = std::exchange(lost_, 0);
  return !(closed_ && batch.empty());
}

void line_queue::close(clock::time_point give_up) noexcept {
  std::lock_guard const lock(guard_);
  closed_ = true;
  give_up_ = give_up;
  writer_.notify_one();
}

bool line_queue::given_up() const noexcept {
  std::lock_guard const lock(guard_);
  return closed_ && clock::now() >= give_up_;
}

void line_queue::finish() noexcept {
  std::lock_guard const lock(guard_);
  finished_ = true;
  others_.notify_all();
}

bool line_queue::wait_finished(clock::time_point limit) {
  std::unique_lock lock(guard_);
  return others_.wait_until(lock, limit, [this] { return finished_; });
}

bool line_queue::wait_written(clock::time_point limit) {
  std::unique_lock lock(guard_);
  hurry_ = true;
  writer_.notify_one();
  return others_.wait_until(lock, limit,
                            [this, newest = pushed_] { return finished_ || written_ >= newest; });
}
}  // namespace nsqlookupd::log
