// SPDX-License-Identifier: MIT
#include <nsqlookupd/net/turns.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>

namespace nsqlookupd::net {
namespace {

constexpr std::chrono::microseconds first_turn_time{200};
constexpr std::chrono::microseconds round_time{1000};

}  // namespace

turn turn_queue::first_turn() const noexcept {
  auto const end = turn::clock::now() + first_turn_time;
  return turn{std::min(end, round_end_.load(std::memory_order_relaxed))};
}

void turn_queue::push(std::function<void()> session) {
  std::lock_guard const lock{mutex_};
  waiting_.push_back(std::move(session));
  if (running_ < threads_) {
    // Those that were ready together with the first to wait have little more than it has had.
    begin_round();
    ++running_;
    boost::asio::post(io_, [this] { run_next(); });
  }
}

void turn_queue::push_paused(std::function<void()> session) {
  std::lock_guard const lock{mutex_};
  if (paused_) {
    waiting_for_pause_.push_back(std::move(session));
  } else {
    boost::asio::post(io_, std::move(session));
  }
}

void turn_queue::go_on() {
  std::lock_guard const lock{mutex_};
  paused_ = false;
  for (auto& session : std::exchange(waiting_for_pause_, {})) {
    boost::asio::post(io_, std::move(session));
  }
}

void turn_queue::begin_round() noexcept {
  round_end_ = turn::clock::now() + round_time;
}

void turn_queue::run_next() {
  std::function<void()> next;
  {
    std::lock_guard const lock{mutex_};
    if (waiting_.empty()) {
      round_end_ = turn::clock::time_point::max();
      --running_;
      return;
    }
    begin_round();
    next = std::move(waiting_.front());
    waiting_.pop_front();
    // Behind all that is ready now: the event loop looks for new input in between.
    boost::asio::post(io_, [this] { run_next(); });
  }
  next();
}

}  // namespace nsqlookupd::net
