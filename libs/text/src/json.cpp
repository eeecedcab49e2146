// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/ascii.hpp>
#include <nsqlookupd/text/json.hpp>
#include <nsqlookupd/text/number.hpp>
#include <nsqlookupd/text/utf8.hpp>

#include <algorithm>
#include <ctime>

namespace nsqlookupd::text::json {
namespace {

/// For each byte, whether it stands for itself.
using byte_set = std::array<bool, 256>;

constexpr byte_set plain_with(escapes which) {
  byte_set plain{};
  for (std::size_t byte = 0x20; byte < 0x80; ++byte) plain[byte] = true;
  for (char const byte : {'"', '\\'}) plain[static_cast<unsigned char>(byte)] = false;
  for (char const byte : {'<', '>', '&'}) {
    plain[static_cast<unsigned char>(byte)] = which != escapes::html;
  }
  return plain;
}

constexpr std::array plain_bytes{plain_with(escapes::html), plain_with(escapes::terminal)};

/// `\u00` and the two digits of `value`.
std::string_view unit_escape(unsigned char value, escape_buffer& buffer) noexcept {
  buffer = {'\\', 'u', '0', '0', hex_digits[value >> 4U], hex_digits[value & 15U]};
  return {buffer.data(), buffer.size()};
}

std::string_view escape_ascii(char byte, escape_buffer& buffer) noexcept {
  constexpr std::string_view escaped = "\"\\\b\f\n\r\t";
  constexpr std::string_view letters = "\"\\bfnrt";
  auto const at = escaped.find(byte);
  if (at == escaped.npos) return unit_escape(static_cast<unsigned char>(byte), buffer);
  buffer = {'\\', letters[at]};
  return {buffer.data(), 2};
}

std::string_view escape_wide(std::string_view character, escapes which,
                             escape_buffer& buffer) noexcept {
  if (which == escapes::html && character == "\u2028") return "\\u2028";
  if (which == escapes::html && character == "\u2029") return "\\u2029";
  if (which == escapes::terminal && character >= "\u0080" && character <= "\u009f") {
    return unit_escape(static_cast<unsigned char>(character[1]), buffer);
  }
  return character;
}

}  // namespace

piece next_piece(std::string_view text, escapes which, escape_buffer& buffer) noexcept {
  auto const& plain = plain_bytes[static_cast<std::size_t>(which)];
  auto const end = std::ranges::find_if(
      text, [&](char byte) { return !plain[static_cast<unsigned char>(byte)]; });
  if (auto const run = static_cast<std::size_t>(end - text.begin()); run != 0) {
    return {text.substr(0, run), run, true};
  }
  auto const size = utf8_size(text);
  if (size == 0) return {"\\ufffd", 1, false};
  auto const character = text.substr(0, size);
  auto const shown =
      size == 1 ? escape_ascii(character.front(), buffer) : escape_wide(character, which, buffer);
  return {shown, size, false};
}

void append_string(std::string& out, std::string_view text) {
  escape_buffer buffer;
  out.push_back('"');
  while (!text.empty()) {
    auto const next = next_piece(text, escapes::html, buffer);
    out.append(next.shown);
    text.remove_prefix(next.size);
  }
  out.push_back('"');
}

void append_moment(std::string& out, std::chrono::sys_time<std::chrono::nanoseconds> when) {
  // Not rounded as a time_point: the whole second before the earliest one is none.
  auto const since_epoch = std::chrono::floor<std::chrono::microseconds>(when.time_since_epoch());
  auto const whole = std::chrono::floor<std::chrono::seconds>(since_epoch);
  auto const second = static_cast<std::time_t>(whole.count());
  std::tm parts{};
  ::gmtime_r(&second, &parts);
  std::array<char, 40> text{};
  out.push_back('"');
  out.append(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &parts));
  // A seventh digit in front keeps the zeros.
  constexpr std::int64_t seventh_digit = 1'000'000;
  std::string digits;
  append_number(digits, seventh_digit + (since_epoch - whole).count());
  out.append(digits, 1).append("Z\"");
}

}  // namespace nsqlookupd::text::json
