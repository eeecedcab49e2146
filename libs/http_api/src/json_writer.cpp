// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/json_writer.hpp>

#include <array>
#include <charconv>
#include <cstddef>

namespace nsqlookupd::http_api::json {
namespace {

constexpr bool is_plain(unsigned char byte) noexcept {
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\' && byte != '<' && byte != '>' &&
         byte != '&';
}

constexpr auto plain = [] {
  std::array<bool, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte) {
    table[byte] = is_plain(static_cast<unsigned char>(byte));
  }
  return table;
}();

constexpr bool is_between(unsigned char low, unsigned char byte, unsigned char high) noexcept {
  return low <= byte && byte <= high;
}

struct utf8_lead {
  std::size_t size;
  unsigned char second_low;
  unsigned char second_high;
};

// Table 3-7 of the Unicode standard: what may begin a sequence, and what may stand second in it.
constexpr utf8_lead lead_of(unsigned char byte) noexcept {
  if (is_between(0xC2, byte, 0xDF)) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (is_between(0xE1, byte, 0xEF)) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (is_between(0xF1, byte, 0xF3)) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

unsigned char byte_at(std::string_view text, std::size_t at) noexcept {
  return static_cast<unsigned char>(text[at]);
}

/// The size of the UTF-8 sequence that `text` begins with, or 0 when it is broken.
std::size_t sequence_size(std::string_view text) noexcept {
  auto const lead = lead_of(byte_at(text, 0));
  if (lead.size == 0 || text.size() < lead.size ||
      !is_between(lead.second_low, byte_at(text, 1), lead.second_high)) {
    return 0;
  }
  for (std::size_t at = 2; at < lead.size; ++at) {
    if (!is_between(0x80, byte_at(text, at), 0xBF)) {
      return 0;
    }
  }
  return lead.size;
}

struct escaped {
  std::size_t taken;
  std::string_view text;
};

/// What stands for the non-ASCII character that `text` begins with.
escaped escape_wide(std::string_view text) noexcept {
  auto const size = sequence_size(text);
  if (size == 0) {
    return {1, "\\ufffd"};
  }
  auto const sequence = text.substr(0, size);
  if (sequence == "\xE2\x80\xA8") {
    return {size, "\\u2028"};
  }
  if (sequence == "\xE2\x80\xA9") {
    return {size, "\\u2029"};
  }
  return {size, sequence};
}

void append_control(std::string& out, unsigned char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  out.append("\\u00");
  out.push_back(digits[byte >> 4]);
  out.push_back(digits[byte & 0x0F]);
}

void append_escaped(std::string& out, unsigned char byte) {
  switch (byte) {
    case '"':
      out.append("\\\"");
      break;
    case '\\':
      out.append("\\\\");
      break;
    case '\b':
      out.append("\\b");
      break;
    case '\f':
      out.append("\\f");
      break;
    case '\n':
      out.append("\\n");
      break;
    case '\r':
      out.append("\\r");
      break;
    case '\t':
      out.append("\\t");
      break;
    default:
      append_control(out, byte);
  }
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    std::size_t run = 0;
    while (run < text.size() && plain[byte_at(text, run)]) {
      ++run;
    }
    out.append(text.substr(0, run));
    text.remove_prefix(run);
    if (text.empty()) {
      break;
    }
    if (byte_at(text, 0) < 0x80) {
      append_escaped(out, byte_at(text, 0));
      text.remove_prefix(1);
    } else {
      auto const [taken, replacement] = escape_wide(text);
      out.append(replacement);
      text.remove_prefix(taken);
    }
  }
  out.push_back('"');
}

void append_number(std::string& out, std::int64_t value) {
  std::array<char, 20> digits;
  auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

}  // namespace nsqlookupd::http_api::json
