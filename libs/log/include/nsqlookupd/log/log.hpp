// SPDX-License-Identifier: MIT
//
// Log lines in nsqlookupd's own format, written by a thread of their own. This is the callers'
// side; setup.hpp starts and stops the log.
#pragma once

#include <nsqlookupd/log/format_line.hpp>
#include <nsqlookupd/log/level.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace nsqlookupd::log {

/// The key by which two lines repeat each other, such as `errors` of `[127.0.0.1:50706]`.
struct repeated {
  /// In static storage.
  std::string_view subject;
  /// On whose account; empty: on nobody's in particular.
  std::string_view source = {};
};

namespace detail {

/// Above every level: nothing is enabled until the log is started.
inline constexpr std::uint8_t off = 255;
inline constinit std::atomic<std::uint8_t> lowest_enabled{off};

/// Whether one more of these may be written at `now`; if not, it is counted.
[[nodiscard]] bool admit(level severity, repeated const& kind,
                         std::chrono::steady_clock::time_point now) noexcept;

}  // namespace detail

/// A part of a message: text, a number or a single character.
template <class T>
concept message_part =
    std::convertible_to<T const&, std::string_view> || std::same_as<T, char> || number<T>;

/// A part of a message that readers of JSON can ask for by its name, such as `client`. docs/LOG.md
/// has the names. For the time of one call.
template <message_part T>
struct field {
  std::string_view name;
  T const& value;
};

template <class T>
field(std::string_view, T const&) -> field<T>;

template <class T>
inline constexpr bool is_field = false;
template <class T>
inline constexpr bool is_field<field<T>> = true;

/// The parts that line() takes.
template <class T>
concept line_part = message_part<T> || is_field<T>;

/// True when lines of `severity` are written: one relaxed atomic load, so that callers can test it
/// before they format anything. Any thread.
[[nodiscard]] inline bool enabled(level severity) noexcept {
  return static_cast<std::uint8_t>(severity) >=
         detail::lowest_enabled.load(std::memory_order_relaxed);
}

/// Queues one line, with time stamp, prefix and level put before it and `\n` after it, if
/// `severity` is enabled. Never waits for the output and never throws: when the queue is full the
/// line is dropped and counted. Control bytes in `message` are written as escapes; a line over
/// max_line_size is cut and ends in `...`. `members` are for JSON, see format_line(). Any thread;
/// one thread's lines keep their order.
void write(level severity, std::string_view message, std::span<member const> members = {}) noexcept;

/// Queues what `parts` join to, like write(), if `severity` is enabled; otherwise formats nothing.
template <line_part... Parts>
void line(level severity, Parts const&... parts) noexcept {
  if (!enabled(severity)) {
    return;
  }
  bounded_text message;
  std::array<member, (std::size_t{0} + ... + is_field<Parts>)> members;
  static_assert(members.size() <= max_members);
  [[maybe_unused]] auto* next = members.begin();
  auto const append = [&]<class Part>(Part const& part) {
    if constexpr (is_field<Part>) {
      auto const begin = message.view().size();
      message.append(part.value);
      *next++ = {part.name, message.view().substr(begin),
                 number<std::remove_cvref_t<decltype(part.value)>>};
    } else {
      message.append(part);
    }
  };
  (append(parts), ...);
  write(severity, message.view(), members);
}

/// Like line(), but of one kind only the first hundred within ten seconds are written. A client, or
/// a lasting fault, could otherwise cause any number. How many more there were is said in a line of
/// its own; see report_left_out().
template <line_part... Parts>
void limited_line(level severity, repeated const& kind, Parts const&... parts) noexcept {
  if (enabled(severity) && detail::admit(severity, kind, std::chrono::steady_clock::now())) {
    line(severity, parts...);
  }
}

/// Says what limited_line() left out of the ten seconds that are over at `now`; at the end of all
/// time, of all. To be called now and then. Any thread.
void report_left_out(
    std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now()) noexcept;

/// Lines that limited_line() has left out since the program began. Any thread.
[[nodiscard]] std::uint64_t left_out_lines() noexcept;

}  // namespace nsqlookupd::log
