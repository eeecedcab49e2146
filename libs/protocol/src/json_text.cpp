// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/json_text.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>

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

bool is_digit(char byte) noexcept {
  return byte >= '0' && byte <= '9';
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
  auto const end = std::find_if_not(begin, json.end(), is_digit);
  if (static_cast<std::size_t>(end - begin) > safe_digits) {
    std::fill(begin, end, '0');
  }
  return static_cast<std::size_t>(end - json.begin());
}

// What real clients send holds neither an escape nor an exponent, and needs no second look.
bool may_need_mending(std::string const& json) noexcept {
  // With no branch in the loop the compiler looks at many bytes at a time.
  unsigned exponents = 0;
  std::string_view const text{json};
  for (std::size_t at = 1; at < text.size(); ++at) {
    auto const is_e = static_cast<unsigned>((text[at] | ' ') == 'e');
    auto const is_after_digit =
        static_cast<unsigned>(static_cast<unsigned char>(text[at - 1] - '0') < 10);
    exponents |= is_e & is_after_digit;
  }
  return exponents != 0 || json.find('\\') != std::string::npos;
}

// The length of the valid UTF-8 sequence that `text` begins with, or 0.
std::size_t valid_sequence(std::string_view text) noexcept {
  auto const byte = [&](std::size_t index) -> std::uint32_t {
    return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
  };
  auto const continues = [&](std::size_t index) { return (byte(index) & 0xc0U) == 0x80U; };
  auto const lead = byte(0);
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xc2 && lead < 0xe0) {
    return continues(1) ? 2 : 0;
  }
  if (lead >= 0xe0 && lead < 0xf0) {
    bool const overlong = lead == 0xe0 && byte(1) < 0xa0;
    bool const surrogate = lead == 0xed && byte(1) >= 0xa0;
    return !overlong && !surrogate && continues(1) && continues(2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead < 0xf5) {
    bool const overlong = lead == 0xf0 && byte(1) < 0x90;
    bool const beyond = lead == 0xf4 && byte(1) >= 0x90;
    return !overlong && !beyond && continues(1) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

// The ASCII letter that a key's next character folds to, and how many bytes it takes.
struct folded {
  char letter;
  std::size_t size;
};

folded fold(std::string_view key) noexcept {
  if (key.starts_with("\u017f")) {
    return {'s', 2};
  }
  if (key.starts_with("\u212a")) {
    return {'k', 3};
  }
  auto const byte = key.front();
  return {byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte, 1};
}

}  // namespace

void tolerate(std::string& json) {
  if (!may_need_mending(json)) {
    return;
  }
  std::size_t at = 0;
  while (at < json.size()) {
    auto const byte = json[at];
    if (byte == '"') {
      at = tolerate_string(json, at + 1);
    } else if (is_digit(byte)) {
      at = tolerate_number(json, at);
    } else {
      ++at;
    }
  }
}

std::string to_valid_utf8(std::string text) {
  auto const is_ascii = [](char byte) { return static_cast<unsigned char>(byte) < 0x80; };
  if (std::all_of(text.begin(), text.end(), is_ascii)) {
    return text;
  }
  std::string valid;
  for (std::string_view rest{text}; !rest.empty();) {
    auto const size = valid_sequence(rest);
    valid += size == 0 ? std::string_view{"\ufffd"} : rest.substr(0, size);
    rest.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return valid;
}

bool key_matches(std::string_view key, std::string_view field) noexcept {
  if (key == field) {
    return true;
  }
  for (auto const letter : field) {
    if (key.empty()) {
      return false;
    }
    auto const next = fold(key);
    if (next.letter != letter) {
      return false;
    }
    key.remove_prefix(next.size);
  }
  return key.empty();
}

}  // namespace nsqlookupd::protocol
