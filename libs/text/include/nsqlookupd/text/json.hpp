// SPDX-License-Identifier: MIT
//
// JSON, written straight into a string. Any thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nsqlookupd::text::json {

/// Which characters a string has escaped, beside those that JSON demands.
enum class escapes : std::uint8_t {
  /// `<`, `>`, `&`, U+2028 and U+2029, as Go's encoding/json does it.
  html,
  /// U+0080 to U+009F, which terminals obey.
  terminal,
};

/// The text that stands in a JSON string for the first `size` bytes of another.
struct piece {
  std::string_view shown;
  std::size_t size;
  /// Whether any beginning of `shown` may stand alone.
  bool divisible;
};

/// Where an escape that is made up is written.
using escape_buffer = std::array<char, 6>;

/// The first piece of `text`, which is not empty: as much as stands for itself, or one character,
/// or `\ufffd` for a byte that is no UTF-8. `shown` is in `text`, in `buffer` or static.
[[nodiscard]] piece next_piece(std::string_view text, escapes which,
                               escape_buffer& buffer) noexcept;

/// Appends `text` as a string with `escapes::html`, in its quotes.
void append_string(std::string& out, std::string_view text);

/// Appends a topic's or channel's name as a string: such names have nothing to escape.
inline void append_name(std::string& out, std::string_view name) {
  out.push_back('"');
  out.append(name);
  out.push_back('"');
}

/// Appends a moment as a string: RFC 3339, with microseconds, in UTC.
void append_moment(std::string& out, std::chrono::sys_time<std::chrono::nanoseconds> when);

/// Appends the comma before the next element, unless `out` ends where an array or object begins.
inline void append_comma(std::string& out) {
  if (out.back() != '[' && out.back() != '{') {
    out.push_back(',');
  }
}

}  // namespace nsqlookupd::text::json
