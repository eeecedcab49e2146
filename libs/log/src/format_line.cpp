// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/format_line.hpp>

#include "json_line.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ctime>

namespace nsqlookupd::log {
namespace {

constexpr std::array<std::string_view, 5> level_names = {
    "DEBUG: ", "INFO: ", "WARNING: ", "ERROR: ", "FATAL: "};

template <std::size_t Width>
void put_digits(char* to, unsigned value) noexcept {
  for (auto place = Width; place-- > 0; value /= 10)
    to[place] = static_cast<char>('0' + value % 10);
}

/// `YYYY/MM/DD HH:MM:SS.`, kept from line to line because localtime_r() costs more than a line.
struct second_stamp {
  std::time_t second = -1;
  char text[20] = {};

  void set(std::time_t now) noexcept {
    std::tm local{};
    ::localtime_r(&now, &local);
    std::memcpy(text, "0000/00/00 00:00:00.", sizeof text);
    put_digits<4>(text, static_cast<unsigned>(local.tm_year + 1900));
    put_digits<2>(text + 5, static_cast<unsigned>(local.tm_mon + 1));
    put_digits<2>(text + 8, static_cast<unsigned>(local.tm_mday));
    put_digits<2>(text + 11, static_cast<unsigned>(local.tm_hour));
    put_digits<2>(text + 14, static_cast<unsigned>(local.tm_min));
    put_digits<2>(text + 17, static_cast<unsigned>(local.tm_sec));
    second = now;
  }
};

void append_time(bounded_text& out, std::chrono::system_clock::time_point time) noexcept {
  using namespace std::chrono;
  thread_local second_stamp stamp;
  auto const whole = floor<seconds>(time);
  if (auto const now = system_clock::to_time_t(whole); now != stamp.second) stamp.set(now);
  char text[sizeof stamp.text + 7];
  std::memcpy(text, stamp.text, sizeof stamp.text);
  put_digits<6>(text + sizeof stamp.text,
                static_cast<unsigned>(duration_cast<microseconds>(time - whole).count()));
  text[sizeof text - 1] = ' ';
  out.append(std::string_view(text, sizeof text));
}

/// How many bytes at the front of `text` a terminal would obey: a control byte, or U+0080 to U+009F
/// in UTF-8. 0 when it would show them. `text` is not empty.
std::size_t control_size(std::string_view text) noexcept {
  auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  return byte(0) == 0xc2 && text.size() > 1 && byte(1) >= 0x80 && byte(1) < 0xa0 ? 2 : 0;
}

void append_escape(bounded_text& out, char control) noexcept {
  if (control == '\n') return out.append("\\n");
  if (control == '\r') return out.append("\\r");
  if (control == '\t') return out.append("\\t");
  auto const value = static_cast<unsigned char>(control);
  constexpr std::string_view digits = "0123456789abcdef";
  char const escape[] = {'\\', 'x', digits[value >> 4U], digits[value & 15U]};
  out.append(std::string_view(escape, sizeof escape));
}

void append_escaped(bounded_text& out, std::string_view message) noexcept {
  while (!message.empty()) {
    std::size_t plain = 0;
    std::size_t controls = 0;
    while (plain < message.size() && controls == 0) {
      controls = control_size(message.substr(plain));
      if (controls == 0) ++plain;
    }
    out.append(message.substr(0, plain));
    for (char const control : message.substr(plain, controls)) append_escape(out, control);
    message.remove_prefix(plain + controls);
  }
}
}  // namespace

void format_line(bounded_text& out, std::string_view prefix, level severity,
                 std::string_view message, std::chrono::system_clock::time_point time) noexcept {
  out.append(prefix);
  append_time(out, time);
  out.append(level_names[static_cast<std::size_t>(severity)]);
  append_escaped(out, message);
  out.end_line();
}

std::string format_line(std::string_view prefix, level severity, std::string_view message,
                        std::chrono::system_clock::time_point time) {
  bounded_text out;
  format_line(out, prefix, severity, message, time);
  return std::string(out.view());
}

std::string format_line(std::string_view prefix, level severity, std::string_view message) {
  return format_line(prefix, severity, message, std::chrono::system_clock::now());
}

void format_line(bounded_text& out, line_format how, std::string_view prefix, level severity,
                 std::string_view message, std::chrono::system_clock::time_point time) noexcept {
  if (how == line_format::json) {
    format_json_line(out, prefix, severity, message, time);
  } else {
    format_line(out, prefix, severity, message, time);
  }
}

std::string format_line(line_format how, std::string_view prefix, level severity,
                        std::string_view message, std::chrono::system_clock::time_point time) {
  bounded_text out;
  format_line(out, how, prefix, severity, message, time);
  return std::string(out.view());
}

std::string format_line(line_format how, std::string_view prefix, level severity,
                        std::string_view message) {
  return format_line(how, prefix, severity, message, std::chrono::system_clock::now());
}
}  // namespace nsqlookupd::log
