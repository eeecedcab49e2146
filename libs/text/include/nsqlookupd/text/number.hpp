// SPDX-License-Identifier: MIT
//
// Whole numbers as decimal digits. Any thread.
#pragma once

#include <charconv>
#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace nsqlookupd::text {

/// The number that is all of `text`: digits, after a `-` if it is negative. Nothing when `text` is
/// no such number, or the number does not fit in a `Number`.
template <std::integral Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text) noexcept {
  Number number{};
  auto const* const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end ? std::optional{number} : std::nullopt;
}

template <std::integral Number>
void append_number(std::string& out, Number number) {
  // A digit that may not be full, and a sign.
  char digits[std::numeric_limits<Number>::digits10 + 2];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

}  // namespace nsqlookupd::text
