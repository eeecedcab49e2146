// SPDX-License-Identifier: MIT
#pragma once

#include "client.hpp"
#include "figures.hpp"
#include "scenarios.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <deque>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>

namespace bench {

/// Operations of one kind that were done, and how long each took.
struct tally {
  std::size_t operations = 0;
  latencies took;
};

/// The complaint about a server that has answered nothing for so long.
[[nodiscard]] std::runtime_error silence(std::chrono::milliseconds patience);

/// One measurement: its coroutines, what they count, and when they are to stop. For one thread.
class measurement {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  measurement(target const& server, load const& how) : server_{server}, how_{how} {}

  [[nodiscard]] target const& server() const noexcept { return server_; }
  [[nodiscard]] load const& how() const noexcept { return how_; }
  [[nodiscard]] boost::asio::io_context& io() noexcept { return io_; }
  /// A client that stays connected until the measurement is over, or it is closed.
  [[nodiscard]] client& keep_client() { return clients_.emplace_back(io_); }
  [[nodiscard]] std::deque<client>& clients() noexcept { return clients_; }

  void spawn(boost::asio::awaitable<void> work);
  /// Runs what was spawned to its end; throws what one of them threw. A server that answers nothing
  /// for load::patience is not waited for: std::runtime_error.
  void finish();
  /// Ends finish() with this failure.
  void fail(std::exception_ptr failure);

  /// From here on CPU time, seconds and load::time_limit count.
  void start_measuring();
  /// Seconds count from here instead.
  void restart_clock() { began_ = std::chrono::steady_clock::now(); }
  /// And to here, when that is before result().
  void stop_measuring();

  /// True, and an operation counts as begun, unless enough was done.
  [[nodiscard]] bool next();
  [[nodiscard]] bool time_is_over() const;
  /// So many operations, which took from `since` until now together.
  void done(tally& kind, time_point since, std::size_t operations = 1);
  void done(time_point since, std::size_t operations = 1) { done(usual_, since, operations); }
  /// Something was answered that is no operation.
  void made_progress() noexcept { ++progress_; }

  /// The cost of the operations of a kind. CPU time cannot be told apart by kind: it is shared out
  /// among `all` operations.
  [[nodiscard]] figures result(std::string scenario, tally const& kind, std::size_t all);
  [[nodiscard]] figures result(std::string scenario) {
    return result(std::move(scenario), usual_, usual_.operations);
  }
  /// The same where it is not replies that are counted, or no time was taken of each.
  [[nodiscard]] figures result(std::string scenario, std::size_t operations);

 private:
  target server_;
  load how_;
  boost::asio::io_context io_{1};
  std::deque<client> clients_;
  std::size_t working_ = 0;
  std::size_t started_ = 0;
  std::size_t progress_ = 0;
  std::exception_ptr failure_;
  time_point began_ = std::chrono::steady_clock::now();
  std::chrono::nanoseconds cpu_before_{};
  // Set by stop_measuring().
  std::optional<time_point> ended_;
  std::chrono::nanoseconds cpu_used_{};
  tally usual_;
};

}  // namespace bench
