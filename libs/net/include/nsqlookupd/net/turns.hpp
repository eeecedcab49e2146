// SPDX-License-Identifier: MIT
//
// How sessions share their thread. nsqd waits a second for a reply, so nobody's work may hold up
// the others for long, however much input waits.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace nsqlookupd::net {

/// The time that a session has its thread for itself.
class turn {
 public:
  using clock = std::chrono::steady_clock;

  explicit turn(clock::time_point end) noexcept : end_{end} {}

  /// The turn of a session that waited for it.
  [[nodiscard]] static turn full() noexcept {
    return turn{clock::now() + std::chrono::microseconds{500}};
  }

  [[nodiscard]] bool is_over(clock::time_point now = clock::now()) const noexcept {
    return now >= end_;
  }

 private:
  clock::time_point end_;
};

/// Where sessions wait that have more to do than one turn allows. They go on one by one, in the
/// order in which they came, and between two of them each session that has new input gets its first
/// turn. So a PING waits for one full turn, not for as many as there are busy clients.
///
/// Thread-safe.
class turn_queue {
  // Before its first use, for its result is deduced.
  [[nodiscard]] auto wait_by(void (turn_queue::*push_session)(std::function<void()>)) {
    auto const begin = [this, push_session](auto session) {
      (this->*push_session)([shared = std::make_shared<decltype(session)>(std::move(session))] {
        std::move (*shared)();
      });
    };
    return boost::asio::async_initiate<boost::asio::deferred_t const, void()>(
        begin, boost::asio::deferred);
  }

 public:
  /// `threads`: how many run `io`, which must outlive the queue; so many turns are had at a time.
  turn_queue(boost::asio::io_context& io, unsigned threads) : io_{io}, threads_{threads} {}

  /// The turn of a session that has just read input: 200 µs. While others wait, all those first
  /// turns between two full ones share a millisecond, and beyond it a turn is over when it begins.
  [[nodiscard]] turn first_turn() const noexcept;

  /// Waits for the next turn; to be awaited. It cannot fail.
  [[nodiscard]] auto wait() { return wait_by(&turn_queue::push); }

  /// True while no session is to begin anything: it is to wait for the end of the pause then.
  [[nodiscard]] bool are_paused() const noexcept { return paused_.load(std::memory_order_relaxed); }
  /// Waits until go_on(); to be awaited. It cannot fail.
  [[nodiscard]] auto wait_for_pause() { return wait_by(&turn_queue::push_paused); }

  void pause() noexcept { paused_ = true; }
  void go_on();

 private:
  void push(std::function<void()> session);
  void push_paused(std::function<void()> session);
  void begin_round() noexcept;
  void run_next();

  boost::asio::io_context& io_;
  unsigned threads_;
  std::mutex mutex_;
  std::deque<std::function<void()>> waiting_;
  std::atomic<bool> paused_{false};
  std::vector<std::function<void()>> waiting_for_pause_;
  unsigned running_ = 0;
  // When the first turns of this round end, while anybody waits.
  std::atomic<turn::clock::time_point> round_end_{turn::clock::time_point::max()};
};

}  // namespace nsqlookupd::net
