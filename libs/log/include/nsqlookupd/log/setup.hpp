// SPDX-License-Identifier: MIT
//
// Starting, changing and stopping the log: the program's side, while log.hpp is the callers'.
#pragma once

#include <nsqlookupd/log/level.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace nsqlookupd::log {

/// Bytes of lines that may wait to be written. Lines that do not fit are dropped.
inline constexpr std::size_t most_waiting_bytes = std::size_t{1} << 20;

/// Where finished lines go. Used by one thread, the log's own; destroyed there or in stop().
class line_sink {
 public:
  /// `taken`: bytes that are written. `failed`: trying again with the same bytes is no use.
  struct progress {
    std::size_t taken = 0;
    bool failed = false;
  };

  line_sink() = default;
  line_sink(line_sink const&) = delete;
  line_sink& operator=(line_sink const&) = delete;
  virtual ~line_sink() = default;

  /// Writes some of `lines`, one or more whole lines each with its `\n`, from the front. Waits at
  /// most `patience` for the other side to take anything; what is left is offered again.
  [[nodiscard]] virtual progress write(std::string_view lines,
                                       std::chrono::milliseconds patience) noexcept = 0;
};

/// Writes to a duplicate of `descriptor` and leaves its flags alone: they may be shared with other
/// processes. If it is closed already, every line is dropped. Pipes, sockets and terminals that
/// nobody reads are waited for with poll().
[[nodiscard]] std::unique_ptr<line_sink> descriptor_sink(int descriptor);

/// How the log runs.
struct settings {
  line_format format = line_format::text;
  /// Put in front of every line as it is; see format_line() for JSON.
  std::string prefix = "[nsqlookupd] ";
  /// The lowest level that is written.
  level threshold = level::info;
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
/// than `limit`. Any thread; lines go on being queued meanwhile.
bool flush(std::chrono::milliseconds limit);

/// Writes what is queued and ends the log, in 200 ms at most: what is left then counts as dropped.
/// A sink that does not even return is left behind with its thread after 500 ms. Lines made later
/// go nowhere. Any thread.
void stop() noexcept;

/// Lines that were not written since the program began, because the queue was full, writing failed
/// or stop() gave up. Lines made while the log is stopped do not count. Any thread.
[[nodiscard]] std::uint64_t dropped_lines() noexcept;

}  // namespace nsqlookupd::log
