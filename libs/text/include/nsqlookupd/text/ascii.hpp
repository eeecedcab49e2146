// SPDX-License-Identifier: MIT
//
// Bytes and texts of ASCII, whatever the locale is. Any thread.
#pragma once

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

}  // namespace nsqlookupd::text
