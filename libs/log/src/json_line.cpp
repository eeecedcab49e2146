// SPDX-License-Identifier: MIT
#include "json_line.hpp"

#include <array>
#include <cstddef>

namespace nsqlookupd::log {
namespace {

constexpr std::array<std::string_view, 5> level_names = {"debug", "info", "warn", "error", "fatal"};

constexpr std::string_view cut_mark = "...";
constexpr std::string_view line_ending = "\"}";

// A name that is longer has been set by mistake; the message needs the room.
constexpr std::size_t longest_name = 256;
// What bounded_text keeps for itself, and what must follow the message.
constexpr std::size_t longest_message_end =
    max_line_size - 4 - cut_mark.size() - line_ending.size();

unsigned byte_of(char c) noexcept {
  return static_cast<unsigned char>(c);
}

template <unsigned Width>
void append_digits(bounded_text& out, unsigned value) noexcept {
  char digits[Width];
  for (auto place = Width; place-- > 0; value /= 10)
    digits[place] = static_cast<char>('0' + value % 10);
  out.append(std::string_view(digits, Width));
}

/// RFC 3339 in UTC, so that no reader has to know where the server stands.
void append_time(bounded_text& out, std::chrono::system_clock::time_point time) noexcept {
  using namespace std::chrono;
  auto const day = floor<days>(time);
  year_month_day const date(day);
  hh_mm_ss const clock(floor<microseconds>(time - day));
  append_digits<4>(out, static_cast<unsigned>(static_cast<int>(date.year())));
  out.append('-');
  append_digits<2>(out, static_cast<unsigned>(date.month()));
  out.append('-');
  append_digits<2>(out, static_cast<unsigned>(date.day()));
  out.append('T');
  append_digits<2>(out, static_cast<unsigned>(clock.hours().count()));
  out.append(':');
  append_digits<2>(out, static_cast<unsigned>(clock.minutes().count()));
  out.append(':');
  append_digits<2>(out, static_cast<unsigned>(clock.seconds().count()));
  out.append('.');
  append_digits<6>(out, static_cast<unsigned>(clock.subseconds().count()));
  out.append('Z');
}

/// Bytes of the UTF-8 character that begins `text`; 0 when that is none.
std::size_t character_size(std::string_view text) noexcept {
  auto const first = byte_of(text[0]);
  if (first < 0x80) return 1;
  std::size_t const size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (size == 0 || first > 0xf4 || text.size() < size) return 0;
  // The second byte tells overlong forms, surrogates and what lies beyond U+10FFFF.
  auto const second = byte_of(text[1]);
  auto const least = first == 0xe0 ? 0xa0U : first == 0xf0 ? 0x90U : 0x80U;
  auto const most = first == 0xed ? 0x9fU : first == 0xf4 ? 0x8fU : 0xbfU;
  if (second < least || second > most) return 0;
  for (std::size_t at = 2; at < size; ++at) {
    if ((byte_of(text[at]) & 0xc0U) != 0x80U) return 0;
  }
  return size;
}

bool stands_for_itself(char c) noexcept {
  return byte_of(c) >= 0x20 && byte_of(c) < 0x80 && c != '"' && c != '\\';
}

/// One character as a JSON string has it, in `storage` if it must be escaped.
std::string_view escape(std::string_view character, std::array<char, 6>& storage) noexcept {
  auto const first = character[0];
  constexpr std::string_view digits = "0123456789abcdef";
  // U+0080 to U+009F, which terminals obey.
  if (byte_of(first) == 0xc2 && byte_of(character[1]) < 0xa0) {
    auto const value = byte_of(character[1]);
    storage = {'\\', 'u', '0', '0', digits[value >> 4U], digits[value & 15U]};
    return {storage.data(), storage.size()};
  }
  if (byte_of(first) >= 0x80 || stands_for_itself(first)) return character;
  if (first == '"') return "\\\"";
  if (first == '\\') return "\\\\";
  if (first == '\n') return "\\n";
  if (first == '\r') return "\\r";
  if (first == '\t') return "\\t";
  storage = {'\\', 'u', '0', '0', digits[byte_of(first) >> 4U], digits[byte_of(first) & 15U]};
  return {storage.data(), storage.size()};
}

/// Appends `text` without its quotes, until `out` would be longer than `limit`; false if it was.
bool append_string(bounded_text& out, std::string_view text, std::size_t limit) noexcept {
  std::array<char, 6> storage;
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && stands_for_itself(text[plain])) ++plain;
    auto const size = plain != 0 ? plain : character_size(text);
    auto const taken = size == 0 ? 1 : size;
    auto const escaped = size == 0    ? std::string_view("\\ufffd")
                         : plain != 0 ? text.substr(0, plain)
                                      : escape(text.substr(0, size), storage);
    auto const room = limit - out.view().size();
    if (escaped.size() > room) {
      if (plain != 0) out.append(escaped.substr(0, room));
      return false;
    }
    out.append(escaped);
    text.remove_prefix(taken);
  }
  return true;
}

/// `[nsqlookupd] ` is the name nsqlookupd.
std::string_view name_in(std::string_view prefix) noexcept {
  while (!prefix.empty() && (prefix.front() == ' ' || prefix.front() == '[')) {
    prefix.remove_prefix(1);
  }
  while (!prefix.empty() && (prefix.back() == ' ' || prefix.back() == ']')) {
    prefix.remove_suffix(1);
  }
  return prefix;
}
}  // namespace

void format_json_line(bounded_text& out, std::string_view prefix, level severity,
                      std::string_view message,
                      std::chrono::system_clock::time_point time) noexcept {
  out.append("{\"time\":\"");
  append_time(out, time);
  out.append("\",\"level\":\"");
  out.append(level_names[static_cast<std::size_t>(severity)]);
  if (auto const name = name_in(prefix); !name.empty()) {
    out.append("\",\"name\":\"");
    append_string(out, name, out.view().size() + longest_name);
  }
  out.append("\",\"msg\":\"");
  if (!append_string(out, message, longest_message_end)) out.append(cut_mark);
  out.append(line_ending);
  out.end_line();
}
}  // namespace nsqlookupd::log
