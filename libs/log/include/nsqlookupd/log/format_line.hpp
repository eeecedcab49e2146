// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/log/bounded_text.hpp>
#include <nsqlookupd/log/level.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace nsqlookupd::log {

/// One whole line, `PREFIXYYYY/MM/DD HH:MM:SS.micros LEVEL: message\n`, at most max_line_size
/// bytes. For errors that must be shown while the log does not run.
///
/// `prefix` is put in front as it is. Bytes of `message` below 0x20 and 0x7f become `\n`, `\r`,
/// `\t` or `\x1b`; others stay as they are. `time` is shown in local time. Any thread; allocates.
[[nodiscard]] std::string format_line(std::string_view prefix, level severity,
                                      std::string_view message,
                                      std::chrono::system_clock::time_point time);

/// The same, stamped with the time that it is now.
[[nodiscard]] std::string format_line(std::string_view prefix, level severity,
                                      std::string_view message);

/// The same into `out`, which is empty at first. Allocates nothing. Any thread.
void format_line(bounded_text& out, std::string_view prefix, level severity,
                 std::string_view message, std::chrono::system_clock::time_point time) noexcept;
}  // namespace nsqlookupd::log
