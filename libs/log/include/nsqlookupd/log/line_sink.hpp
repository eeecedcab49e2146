// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

namespace nsqlookupd::log {

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
}  // namespace nsqlookupd::log
