// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <string>
#include <string_view>

namespace nsqlookupd::log {

/// Lines that were not written since the program began.
inline constinit std::atomic<std::uint64_t> dropped_total{0};

/// The bounded queue between the threads that make lines and the one that writes them. The writer
/// takes everything that waits at once, so its batches grow with the load.
class line_queue {
 public:
  using clock = std::chrono::steady_clock;

  /// `capacity` in bytes; less than one line's is raised to that. Between two batches lines may
  /// gather for `gather_time`, because waking the writer costs as much as dozens of lines.
  line_queue(std::size_t capacity, std::chrono::milliseconds gather_time);

  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  /// Adds `line`, or drops and counts it when it does not fit.
  void push(std::string_view line) noexcept;

  /// For the writer: waits for lines and moves them all into `batch`; `lost` is the number of lines
  /// that were dropped behind them. `batch` has to have room for capacity(). False when the queue
  /// is closed and empty.
  [[nodiscard]] bool take(std::string& batch, std::uint64_t& lost);

  /// Says that no more lines come; the writer may go on until `give_up`.
  void close(clock::time_point give_up) noexcept;

  /// For the writer: true when the time that close() has left is over.
  [[nodiscard]] bool given_up() const noexcept;

  /// For the writer: says that it will not come back.
  void finish() noexcept;

  /// Waits for finish(); false if it has not come by `limit`.
  [[nodiscard]] bool wait_finished(clock::time_point limit);

  /// Waits until the writer is done with the lines that are in now; false if it is not by `limit`.
  [[nodiscard]] bool wait_written(clock::time_point limit);

 private:
  static constexpr auto never = std::numeric_limits<std::size_t>::max();

  std::size_t const capacity_;
  std::chrono::milliseconds const gather_time_;
  std::mutex mutable guard_;
  std::condition_variable writer_;
  std::condition_variable others_;
  std::string pending_;
  std::uint64_t lost_ = 0;
  std::uint64_t pushed_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t written_ = 0;
  std::size_t wake_at_ = never;
  clock::time_point give_up_ = clock::time_point::max();
  bool hurry_ = false;
  bool closed_ = false;
  bool finished_ = false;
};
}  // namespace nsqlookupd::log
