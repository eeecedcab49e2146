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

/// Bytes of a UTF-8 character of more than one, by its first; 0 when none begins so.
std::size_t size_by_first(unsigned first) noexcept {
  if (first < 0xc2 || first > 0xf4) return 0;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

/// Whether one byte may follow the other. This tells overlong forms, surrogates and what lies
/// beyond U+10FFFF.
bool may_follow(unsigned first, unsigned second) noexcept {
  switch (first) {
    case 0xe0:
      return second >= 0xa0 && second <= 0xbf;
    case 0xed:
      return second >= 0x80 && second <= 0x9f;
    case 0xf0:
      return second >= 0x90 && second <= 0xbf;
    case 0xf4:
      return second >= 0x80 && second <= 0x8f;
    default:
      return second >= 0x80 && second <= 0xbf;
  }
}

/// Bytes of the UTF-8 character that begins `text`; 0 when that is none.
std::size_t character_size(std::string_view text) noexcept {
  auto const first = byte_of(text[0]);
  if (first < 0x80) return 1;
  auto const size = size_by_first(first);
  if (size == 0 || text.size() < size || !may_follow(first, byte_of(text[1]))) return 0;
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

/// What stands in a JSON string for the beginning of `text`, and how much of that it stands for.
struct json_piece {
  std::string_view shown;
  std::size_t size;
  /// Whether any beginning of it may be shown alone.
  bool divisible;
};

json_piece next_piece(std::string_view text, std::array<char, 6>& storage) noexcept {
  std::size_t plain = 0;
  while (plain < text.size() && stands_for_itself(text[plain])) ++plain;
  if (plain != 0) return {text.substr(0, plain), plain, true};
  auto const size = character_size(text);
  if (size == 0) return {R"(\ufffd)", 1, false};
  return {escape(text.substr(0, size), storage), size, false};
}

/// Appends `text` without its quotes, until `out` would be longer than `limit`; false if it was.
bool append_string(bounded_text& out, std::string_view text, std::size_t limit) noexcept {
  std::array<char, 6> storage;
  while (!text.empty()) {
    auto const piece = next_piece(text, storage);
    auto const room = limit - out.view().size();
    if (piece.shown.size() > room) {
      if (piece.divisible) out.append(piece.shown.substr(0, room));
      return false;
    }
    out.append(piece.shown);
    text.remove_prefix(piece.size);
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
  out.append(R"({"time":")");
  append_time(out, time);
  out.append(R"(","level":")");
  out.append(level_names[static_cast<std::size_t>(severity)]);
  if (auto const name = name_in(prefix); !name.empty()) {
    out.append(R"(","name":")");
    append_string(out, name, out.view().size() + longest_name);
  }
  out.append(R"(","msg":")");
  if (!append_string(out, message, longest_message_end)) out.append(cut_mark);
  out.append(line_ending);
  out.end_line();
}
}  // namespace nsqlookupd::log
