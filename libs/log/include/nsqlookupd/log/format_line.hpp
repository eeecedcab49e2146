// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/log/bounded_text.hpp>
#include <nsqlookupd/log/level.hpp>
#include <nsqlookupd/log/line_format.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace nsqlookupd::log {

/// One whole line, `PREFIXYYYY/MM/DD HH:MM:SS.micros LEVEL: message\n`, at most max_line_size
/// bytes. For errors that must be shown while the log does not run.
///
/// `prefix` is put in front as it is. Bytes of `message` below 0x20 and 0x7f, and those of U+0080
/// to U+009F in UTF-8, become `\n`, `\r`, `\t` or `\x1b`; others stay as they are. `time` is shown
/// in local time. Any thread; allocates.
[[nodiscard]] std::string format_line(std::string_view prefix, level severity,
                                      std::string_view message,
                                      std::chrono::system_clock::time_point time);

/// The same, stamped with the time that it is now.
[[nodiscard]] std::string format_line(std::string_view prefix, level severity,
                                      std::string_view message);

/// The same into `out`, which is empty at first. Allocates nothing. Any thread.
void format_line(bounded_text& out, std::string_view prefix, level severity,
                 std::string_view message, std::chrono::system_clock::time_point time) noexcept;

/// One whole line of either format. As JSON, `prefix` without brackets and blanks around it is the
/// `name`, which is left out when it is empty, and what is no UTF-8 becomes U+FFFD.
void format_line(bounded_text& out, line_format how, std::string_view prefix, level severity,
                 std::string_view message, std::chrono::system_clock::time_point time) noexcept;
[[nodiscard]] std::string format_line(line_format how, std::string_view prefix, level severity,
                                      std::string_view message,
                                      std::chrono::system_clock::time_point time);
[[nodiscard]] std::string format_line(line_format how, std::string_view prefix, level severity,
                                      std::string_view message);
}  // namespace nsqlookupd::log
