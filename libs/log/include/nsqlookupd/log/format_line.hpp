// SPDX-License-Identifier: MIT
//
// How a line of the log looks. For the log itself, and for errors that must be shown while it does
// not run.
#pragma once

#include <nsqlookupd/log/level.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace nsqlookupd::log {

/// Bytes of the longest line with its `\n`. This is Linux's PIPE_BUF: a pipe takes such a line
/// whole or not at all.
inline constexpr std::size_t max_line_size = 4096;

/// An integer that is written as a number: not a character and not a truth value.
template <class T>
concept number = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

/// Text of at most max_line_size bytes that never allocates. The rest is left out.
class bounded_text {
 public:
  // Not initialised: clearing 4 KiB would cost more than the rest of a log line.
  bounded_text() noexcept {}  // NOLINT(cppcoreguidelines-pro-type-member-init)

  void append(std::string_view part) noexcept {
    auto const fitting = std::min(part.size(), space());
    if (fitting != 0) {
      std::memcpy(bytes_ + size_, part.data(), fitting);
    }
    size_ += fitting;
    cut_ = cut_ || fitting < part.size();
  }

  void append(char part) noexcept { append(std::string_view{&part, 1}); }

  template <number Number>
  void append(Number part) noexcept {
    char digits[24];
    auto const end = std::to_chars(digits, digits + sizeof digits, part).ptr;
    append(std::string_view{digits, end});
  }

  /// Ends the line with `\n`, after `...` if something was left out.
  void end_line() noexcept {
    std::string_view const ending = cut_ ? "...\n" : "\n";
    std::memcpy(bytes_ + size_, ending.data(), ending.size());
    size_ += ending.size();
  }

  [[nodiscard]] std::string_view view() const noexcept { return {bytes_, size_}; }

 private:
  static constexpr std::size_t longest_ending = 4;

  [[nodiscard]] std::size_t space() const noexcept {
    return max_line_size - longest_ending - size_;
  }

  char bytes_[max_line_size];
  std::size_t size_ = 0;
  bool cut_ = false;
};

/// A part of a message that is a member of its own in a line of JSON.
struct member {
  /// As it stands in JSON, without escapes.
  std::string_view name = {};
  /// Empty: the line has no such member.
  std::string_view value = {};
  bool is_number = false;
};

/// A line has room for so many.
inline constexpr std::size_t max_members = 8;

/// Writes one whole line, at most max_line_size bytes, into `out`, which is empty at first. As
/// text, it begins with `prefix`, and bytes of `message` below 0x20 and 0x7f, and those of U+0080
/// to U+009F in UTF-8, become `\n`, `\r`, `\t` or `\x1b`; others stay as they are. As JSON,
/// `prefix` without brackets and blanks around it is the `name`, which is left out when it is
/// empty, and bytes that are no UTF-8 become U+FFFD; `members`, at most max_members, stand in front
/// of the message, 256 bytes of each. Allocates nothing, once a line of the same format was made.
/// Any thread.
void format_line(bounded_text& out, line_format how, std::string_view prefix, level severity,
                 std::string_view message, std::chrono::system_clock::time_point time,
                 std::span<member const> members = {}) noexcept;

/// Returns the same line as a string, by default with the stamp of now. Any thread; allocates.
[[nodiscard]] std::string format_line(
    line_format how, std::string_view prefix, level severity, std::string_view message,
    std::chrono::system_clock::time_point time = std::chrono::system_clock::now());

}  // namespace nsqlookupd::log
