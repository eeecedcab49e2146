// SPDX-License-Identifier: MIT
//
// Bytes as pairs of hexadecimal digits. Any thread.
#pragma once

#include <span>
#include <string_view>

namespace nsqlookupd::text {

inline constexpr std::string_view hex_digits = "0123456789abcdef";
inline constexpr std::string_view upper_hex_digits = "0123456789ABCDEF";

/// Appends the two `digits` of `byte` to `out`, a std::string or anything else that appends a
/// std::string_view.
template <class Out>
void append_hex(Out& out, unsigned char byte, std::string_view digits = hex_digits) {
  char const pair[] = {digits[byte >> 4U], digits[byte & 15U]};
  out.append(std::string_view{pair, sizeof pair});
}

/// Reads lower-case digits. Returns whether `text` was exactly what fills `into`.
[[nodiscard]] bool parse_hex(std::string_view text, std::span<unsigned char> into) noexcept;

}  // namespace nsqlookupd::text
