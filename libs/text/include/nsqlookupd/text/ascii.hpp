// SPDX-License-Identifier: MIT
//
// Letters and digits of ASCII, whatever the locale is. Any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace nsqlookupd::text {

[[nodiscard]] constexpr bool is_digit(char byte) noexcept {
  return byte >= '0' && byte <= '9';
}

/// The letter in lower case; every other byte as it is.
[[nodiscard]] constexpr char to_lower(char byte) noexcept {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

/// `text` with its letters in lower case.
[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string lowered{text};
  for (char& byte : lowered) byte = to_lower(byte);
  return lowered;
}

inline constexpr std::string_view hex_digits = "0123456789abcdef";

/// Appends the two hexadecimal digits of `byte` to `out`, a std::string or anything else that
/// appends a std::string_view.
template <class Out>
void append_hex(Out& out, unsigned char byte) {
  char const pair[] = {hex_digits[byte >> 4U], hex_digits[byte & 15U]};
  out.append(std::string_view{pair, sizeof pair});
}

/// Reads pairs of lower-case hexadecimal digits. Returns whether `text` was exactly what fills
/// `into`.
[[nodiscard]] inline bool parse_hex(std::string_view text, std::span<unsigned char> into) noexcept {
  if (text.size() != into.size() * 2) return false;
  for (std::size_t at = 0; at < into.size(); ++at) {
    auto const high = hex_digits.find(text[2 * at]);
    auto const low = hex_digits.find(text[2 * at + 1]);
    if (high == hex_digits.npos || low == hex_digits.npos) return false;
    into[at] = static_cast<unsigned char>(high << 4U | low);
  }
  return true;
}

}  // namespace nsqlookupd::text
