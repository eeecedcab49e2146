// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/log/level.hpp>
#include <nsqlookupd/log/line_sink.hpp>
#include <nsqlookupd/log/setup.hpp>

#include "line_queue.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace nsqlookupd::log {

/// Carries lines from the queue to the sink, and says in the log itself how many were dropped.
class line_writer {
 public:
  explicit line_writer(settings how);

  /// Formats and queues one line. Any thread.
  void add(level severity, std::string_view message) noexcept;

  /// The writing thread's work; returns after queue().close().
  void run() noexcept;

  [[nodiscard]] line_queue& queue() noexcept { return queue_; }

 private:
  void write_batch(std::string_view lines) noexcept;
  [[nodiscard]] bool write_notice() noexcept;
  [[nodiscard]] std::string_view put(std::string_view lines) noexcept;

  line_format const format_;
  std::string const prefix_;
  line_queue queue_;
  std::unique_ptr<line_sink> const sink_;
  std::string batch_;
  std::uint64_t unreported_ = 0;
  bool line_begun_ = false;
};
}  // namespace nsqlookupd::log
