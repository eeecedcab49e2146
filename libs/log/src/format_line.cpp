// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/format_line.hpp>
#include <nsqlookupd/text/ascii.hpp>
#include <nsqlookupd/text/json.hpp>

#include <array>
#include <ctime>

namespace nsqlookupd::log {
namespace {

constexpr std::array<std::string_view, 5> level_marks = {
    " DEBUG: ", " INFO: ", " WARNING: ", " ERROR: ", " FATAL: "};

/// A time up to its seconds, kept from line to line because localtime_r() costs more than a line.
struct second_stamp {
  std::time_t second = -1;
  line_format how{};
  std::array<char, sizeof "2026-11-22T14:25:03."> text{};

  // In UTC for JSON, so that no reader has to know where the server stands.
  void set(line_format new_format, std::time_t now) noexcept {
    std::tm parts{};
    if (new_format == line_format::text) {
      ::localtime_r(&now, &parts);
      std::strftime(text.data(), text.size(), "%Y/%m/%d %H:%M:%S.", &parts);
    } else {
      ::gmtime_r(&now, &parts);
      std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &parts);
    }
    how = new_format;
    second = now;
  }
};

/// `2026/11/22 17:55:03.881653` or, as JSON, `2026-11-22T14:25:03.881653`.
void append_time(bounded_text& out, line_format how,
                 std::chrono::system_clock::time_point time) noexcept {
  using namespace std::chrono;
  thread_local second_stamp stamp;
  auto const whole = floor<seconds>(time);
  if (auto const now = system_clock::to_time_t(whole); now != stamp.second || how != stamp.how) {
    stamp.set(how, now);
  }
  out.append(std::string_view{stamp.text.data(), stamp.text.size() - 1});
  char digits[6];
  auto rest = static_cast<unsigned>(duration_cast<microseconds>(time - whole).count());
  for (auto position = sizeof digits; position-- > 0; rest /= 10) {
    digits[position] = static_cast<char>('0' + rest % 10);
  }
  out.append(std::string_view{digits, sizeof digits});
}

/// Bytes that a terminal obeys, and 0xc2: with it begin U+0080 to U+009F, which it obeys, too. A
/// table, because every byte of the log is looked up.
constexpr std::array<bool, 256> suspicious = [] {
  std::array<bool, 256> is_one{};
  std::fill_n(is_one.begin(), 0x20, true);
  is_one[0x7f] = is_one[0xc2] = true;
  return is_one;
}();

bool is_suspicious(char byte) noexcept {
  return suspicious[static_cast<unsigned char>(byte)];
}

/// How many bytes at the front of `text`, which is_suspicious(), are to be escaped.
std::size_t control_size(std::string_view text) noexcept {
  if (text[0] != '\xc2') {
    return 1;
  }
  auto const next = static_cast<unsigned char>(text.size() > 1 ? text[1] : 0);
  return next >= 0x80 && next < 0xa0 ? 2 : 0;
}

void append_escape(bounded_text& out, char control) noexcept {
  constexpr std::string_view named = "\n\r\t";
  constexpr std::string_view letters = "nrt";
  out.append('\\');
  if (auto const at = named.find(control); at != named.npos) {
    return out.append(letters[at]);
  }
  out.append('x');
  text::append_hex(out, static_cast<unsigned char>(control));
}

void append_escaped(bounded_text& out, std::string_view message) noexcept {
  for (;;) {
    auto const found = std::ranges::find_if(message, is_suspicious);
    auto const plain = static_cast<std::size_t>(found - message.begin());
    out.append(message.substr(0, plain));
    message.remove_prefix(plain);
    if (message.empty()) {
      return;
    }
    auto const controls = control_size(message);
    if (controls == 0) {
      out.append(message.front());
    }
    for (char const control : message.substr(0, controls)) {
      append_escape(out, control);
    }
    message.remove_prefix(std::max(controls, std::size_t{1}));
  }
}

/// `[nsqlookupd] ` is the name nsqlookupd.
std::string_view name_in(std::string_view prefix) noexcept {
  auto const first = prefix.find_first_not_of(" [");
  auto const last = prefix.find_last_not_of(" ]");
  return first == prefix.npos || last < first ? "" : prefix.substr(first, last - first + 1);
}

/// Appends the inside of a JSON string, until `out` would be longer than `limit`; false if it
/// would.
bool append_json_string(bounded_text& out, std::string_view text, std::size_t limit) noexcept {
  text::json::escape_buffer buffer;
  while (!text.empty()) {
    auto const piece = text::json::next_piece(text, text::json::escapes::terminal, buffer);
    auto const space = limit - out.view().size();
    if (piece.shown.size() > space) {
      if (piece.divisible) {
        out.append(piece.shown.substr(0, space));
      }
      return false;
    }
    out.append(piece.shown);
    text.remove_prefix(piece.size);
  }
  return true;
}

constexpr std::string_view cut_mark = "...";

void append_member(bounded_text& out, member const& part) noexcept {
  // One that is longer was set or sent by mistake; the message needs the room.
  constexpr std::size_t longest_value = 256;
  if (part.value.empty()) {
    return;
  }
  out.append(",\"");
  out.append(part.name);
  out.append("\":");
  if (part.is_number) {
    return out.append(part.value);
  }
  out.append('"');
  if (!append_json_string(out, part.value, out.view().size() + longest_value)) {
    out.append(cut_mark);
  }
  out.append('"');
}

void format_json(bounded_text& out, std::string_view prefix, level severity,
                 std::string_view message, std::chrono::system_clock::time_point time,
                 std::span<member const> members) noexcept {
  constexpr std::string_view end = "\"}";
  // Leaves room for bounded_text's own end of the line and for the text behind the message.
  constexpr std::size_t longest_message_end = max_line_size - 4 - cut_mark.size() - end.size();

  out.append(R"({"time":")");
  append_time(out, line_format::json, time);
  out.append(R"(Z","level":")");
  out.append(level_names[static_cast<std::size_t>(severity)]);
  out.append('"');
  append_member(out, {.name = "name", .value = name_in(prefix)});
  for (auto const& part : members.first(std::min(members.size(), max_members))) {
    append_member(out, part);
  }
  out.append(R"(,"msg":")");
  if (!append_json_string(out, message, longest_message_end)) {
    out.append(cut_mark);
  }
  out.append(end);
}

}  // namespace

void format_line(bounded_text& out, line_format how, std::string_view prefix, level severity,
                 std::string_view message, std::chrono::system_clock::time_point time,
                 std::span<member const> members) noexcept {
  if (how == line_format::json) {
    format_json(out, prefix, severity, message, time, members);
  } else {
    out.append(prefix);
    append_time(out, how, time);
    out.append(level_marks[static_cast<std::size_t>(severity)]);
    append_escaped(out, message);
  }
  out.end_line();
}

std::string format_line(line_format how, std::string_view prefix, level severity,
                        std::string_view message, std::chrono::system_clock::time_point time) {
  bounded_text out;
  format_line(out, how, prefix, severity, message, time);
  return std::string{out.view()};
}

}  // namespace nsqlookupd::log
