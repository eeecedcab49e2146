// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/json_text.hpp>
#include <nsqlookupd/text/ascii.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace nsqlookupd::protocol {
namespace {

constexpr std::size_t escape_size = 6;

// The code unit of the \uXXXX at `at`, or -1 when there is none.
int escaped_unit(std::string_view json, std::size_t at) {
  if (json.size() - at < escape_size || json[at] != '\\' || json[at + 1] != 'u') {
    return -1;
  }
  int unit = -1;
  auto const* const first = json.data() + at + 2;
  auto const [end, error] = std::from_chars(first, first + 4, unit, 16);
  return error == std::errc{} && end == first + 4 ? unit : -1;
}

constexpr bool is_high_surrogate(int unit) noexcept {
  return unit >= 0xd800 && unit < 0xdc00;
}
constexpr bool is_low_surrogate(int unit) noexcept {
  return unit >= 0xdc00 && unit < 0xe000;
}

// Mends the escape at `at` if need be, and returns where the text after it begins.
std::size_t tolerate_escape(std::string& json, std::size_t at) {
  auto const unit = escaped_unit(json, at);
  if (unit < 0) {
    return at + 2;
  }
  auto const next = at + escape_size;
  if (is_high_surrogate(unit) && next < json.size() && is_low_surrogate(escaped_unit(json, next))) {
    return next + escape_size;
  }
  if (is_high_surrogate(unit) || is_low_surrogate(unit)) {
    json.replace(at, escape_size, "\\ufffd");
  }
  return next;
}

std::size_t tolerate_string(std::string& json, std::size_t at) {
  while (at < json.size() && json[at] != '"') {
    at = json[at] == '\\' ? tolerate_escape(json, at) : at + 1;
  }
  return at + 1;
}

std::size_t tolerate_number(std::string& json, std::size_t at) {
  constexpr std::size_t safe_digits = 8;
  auto const exponent = json.find_first_not_of("0123456789.", at);
  if (exponent == std::string::npos || (json[exponent] != 'e' && json[exponent] != 'E')) {
    return exponent == std::string::npos ? json.size() : exponent;
  }
  auto first = exponent + 1;
  if (first < json.size() && (json[first] == '+' || json[first] == '-')) {
    ++first;
  }
  auto const begin = json.begin() + static_cast<std::ptrdiff_t>(std::min(first, json.size()));
  auto const end = std::find_if_not(begin, json.end(), text::is_digit);
  if (static_cast<std::size_t>(end - begin) > safe_digits) {
    std::fill(begin, end, '0');
  }
  return static_cast<std::size_t>(end - json.begin());
}

}  // namespace

void tolerate(std::string& json) {
  std::size_t at = 0;
  while (at < json.size()) {
    auto const byte = json[at];
    if (byte == '"') {
      at = tolerate_string(json, at + 1);
    } else if (text::is_digit(byte)) {
      at = tolerate_number(json, at);
    } else {
      ++at;
    }
  }
}

bool key_matches(std::string_view key, std::string_view field) noexcept {
  for (auto const letter : field) {
    if (letter == 's' && key.starts_with("\u017f")) {
      key.remove_prefix(2);
    } else if (letter == 'k' && key.starts_with("\u212a")) {
      key.remove_prefix(3);
    } else if (!key.empty() && text::to_lower(key.front()) == letter) {
      key.remove_prefix(1);
    } else {
      return false;
    }
  }
  return key.empty();
}

}  // namespace nsqlookupd::protocol
