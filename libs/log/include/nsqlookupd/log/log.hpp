// SPDX-License-Identifier: MIT
//
// Log lines in nsqlookupd's own format, written by a thread of their own. This is the callers'
// side; setup.hpp starts and stops the log.
#pragma once

#include <nsqlookupd/log/bounded_text.hpp>
#include <nsqlookupd/log/level.hpp>

#include <atomic>
#include <concepts>
#include <cstdint>
#include <string_view>

namespace nsqlookupd::log {

namespace detail {

/// Above every level: nothing is enabled until the log is started.
inline constexpr std::uint8_t off = 255;
inline constinit std::atomic<std::uint8_t> lowest_enabled{off};
}  // namespace detail

/// What line() takes: text, numbers and single characters.
template <class T>
concept line_part =
    std::convertible_to<T const&, std::string_view> || std::same_as<T, char> || number<T>;

/// True when lines of `severity` are written: one relaxed atomic load, so that callers can test it
/// before they format anything. Any thread.
[[nodiscard]] inline bool enabled(level severity) noexcept {
  return static_cast<std::uint8_t>(severity) >=
         detail::lowest_enabled.load(std::memory_order_relaxed);
}

/// Queues one line, with time stamp, prefix and level put before it and `\n` after it, if
/// `severity` is enabled. Never waits for the output and never throws: when the queue is full the
/// line is dropped and counted. Control bytes in `message` are written as escapes; a line over
/// max_line_size is cut and ends in `...`. Any thread; one thread's lines keep their order.
void write(level severity, std::string_view message) noexcept;

/// Queues what `parts` join to, like write(), if `severity` is enabled; otherwise formats nothing.
template <line_part... Parts>
void line(level severity, Parts const&... parts) noexcept {
  if (!enabled(severity)) return;
  bounded_text message;
  (message.append(parts), ...);
  write(severity, message.view());
}
}  // namespace nsqlookupd::log
