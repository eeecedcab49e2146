// SPDX-License-Identifier: MIT
//
// Starting, changing and stopping the log: the program's side, while log.hpp is the callers'.
#pragma once

#include <nsqlookupd/log/level.hpp>
#include <nsqlookupd/log/line_format.hpp>
#include <nsqlookupd/log/line_sink.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace nsqlookupd::log {

/// How the log runs.
struct settings {
  line_format format = line_format::text;
  /// Put in front of every line as it is; see format_line() for JSON.
  std::string prefix = "[nsqlookupd] ";
  /// The lowest level that is written.
  level threshold = level::info;
  /// Bytes that may wait to be written, at least max_line_size; as many again may be on their way
  /// to the sink. Lines that do not fit are dropped.
  std::size_t queue_bytes = std::size_t{1} << 20;
  /// After some lines are written, more may gather for this long before they are written together.
  std::chrono::milliseconds gather_time{5};
  /// Where lines go; none means standard error.
  std::unique_ptr<line_sink> sink;
};

/// Starts the log; stops it first if it runs. Throws std::system_error if no thread can be had.
/// Any thread.
void start(settings how);

/// Changes the lowest level that is written, until stop(). Does nothing while the log is stopped.
/// Any thread.
void set_threshold(level lowest);

/// The lowest level that is written; `fatal` while the log is stopped. Any thread.
[[nodiscard]] level threshold() noexcept;

/// Waits until the lines queued so far are handed to the sink. Returns false if that takes longer
/// than `limit`. Any thread.
bool flush(std::chrono::milliseconds limit);

/// Writes what is queued and ends the log, in 200 ms at most: what is left then counts as dropped.
/// A sink that does not even return is left behind with its thread after 300 ms. Lines made later
/// go nowhere. Any thread.
void stop() noexcept;

/// Lines that were not written since the program began, because the queue was full, writing failed
/// or stop() gave up. Lines made while the log is stopped do not count. Any thread.
[[nodiscard]] std::uint64_t dropped_lines() noexcept;
}  // namespace nsqlookupd::log
