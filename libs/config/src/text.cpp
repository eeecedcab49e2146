// SPDX-License-Identifier: MIT
#include "text.hpp"

#include <cstddef>
#include <cstdint>

namespace nsqlookupd::config {
namespace {

struct utf8_character {
  std::uint32_t code_point;
  std::size_t length;
};

constexpr utf8_character not_utf8{0, 0};

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

bool is_scalar_of_length(std::uint32_t code_point, std::size_t length) {
  bool const surrogate = code_point >= 0xd800 && code_point < 0xe000;
  bool const overlong =
      (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
  return !surrogate && !overlong && code_point <= 0x10ffff;
}

utf8_character first_character(std::string_view text) {
  auto const lead = static_cast<unsigned char>(text.front());
  auto const length = sequence_length(lead);
  if (length == 0 || length > text.size()) return not_utf8;
  if (length == 1) return {lead, 1};
  std::uint32_t code_point = lead & (0x7fU >> length);
  for (auto const byte : text.substr(1, length - 1)) {
    auto const continuation = static_cast<unsigned char>(byte);
    if ((continuation & 0xc0U) != 0x80U) return not_utf8;
    code_point = (code_point << 6U) | (continuation & 0x3fU);
  }
  return is_scalar_of_length(code_point, length) ? utf8_character{code_point, length} : not_utf8;
}

void append_hex(std::string& out, std::string_view introducer, std::uint32_t value, int digits) {
  out += introducer;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    out += "0123456789abcdef"[(value >> static_cast<unsigned>(shift)) & 0xfU];
  }
}

bool append_short_escape(std::string& out, std::uint32_t code_point) {
  constexpr std::string_view escaped = "\a\b\t\n\v\f\r\"\\";
  constexpr std::string_view letters = "abtnvfr\"\\";
  auto const at = code_point < 0x80 ? escaped.find(static_cast<char>(code_point)) : escaped.npos;
  if (at == escaped.npos) return false;
  out += '\\';
  out += letters[at];
  return true;
}

bool is_printable(std::uint32_t code_point) {
  bool const c0 = code_point < 0x20 || code_point == 0x7f;
  bool const c1 = code_point >= 0x80 && code_point < 0xa0;
  bool const separator = code_point == 0x2028 || code_point == 0x2029;
  return !c0 && !c1 && !separator;
}

void append_quoted(std::string& out, std::string_view bytes, std::uint32_t code_point) {
  if (append_short_escape(out, code_point)) return;
  if (is_printable(code_point)) {
    out += bytes;
  } else if (code_point < 0x80) {
    append_hex(out, "\\x", code_point, 2);
  } else {
    append_hex(out, "\\u", code_point, 4);
  }
}

}  // namespace

std::string quote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    auto const [code_point, length] = first_character(text);
    if (length == 0) {
      append_hex(out, "\\x", static_cast<unsigned char>(text.front()), 2);
      text.remove_prefix(1);
      continue;
    }
    append_quoted(out, text.substr(0, length), code_point);
    text.remove_prefix(length);
  }
  return out += '"';
}

std::string on_one_line(std::string_view text) {
  std::string out;
  for (auto const character : text) {
    auto const byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte == 0x7f) {
      append_hex(out, "\\x", byte, 2);
    } else {
      out += character;
    }
  }
  return out;
}

std::string lower_case(std::string_view text) {
  std::string lowered{text};
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

}  // namespace nsqlookupd::config
