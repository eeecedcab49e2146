// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/duration.hpp>

#include "text.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace nsqlookupd::config {
namespace {

/// The largest magnitude: that of the most negative duration.
constexpr std::uint64_t limit = std::uint64_t{1} << 63U;

struct unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};

constexpr std::array units{
    unit{"ns", 1},
    unit{"us", 1'000},
    unit{"\u00b5s", 1'000},
    unit{"\u03bcs", 1'000},
    unit{"ms", 1'000'000},
    unit{"s", 1'000'000'000},
    unit{"m", 60'000'000'000},
    unit{"h", 3'600'000'000'000},
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Cuts the leading characters of `text` off that `belongs` accepts, and returns them.
template <class Predicate>
std::string_view take_while(std::string_view& text, Predicate belongs) {
  std::size_t length = 0;
  while (length < text.size() && belongs(text[length])) ++length;
  auto const taken = text.substr(0, length);
  text.remove_prefix(length);
  return taken;
}

/// The number, perhaps a little over the limit; nothing if one more digit would not fit.
std::optional<std::uint64_t> whole_number(std::string_view digits) {
  std::uint64_t number = 0;
  for (char const digit : digits) {
    if (number > limit / 10) return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return number;
}

/// The nanoseconds in `0.digits` units. Digits beyond what 63 bits hold are ignored, and the
/// arithmetic is that of doubles, so that the result is Go's to the last nanosecond.
std::uint64_t fraction(std::string_view digits, std::uint64_t unit_nanoseconds) {
  std::uint64_t number = 0;
  double scale = 1;
  for (char const digit : digits) {
    if (number > (limit - 1) / 10) break;
    auto const next = number * 10 + static_cast<std::uint64_t>(digit - '0');
    if (next > limit) break;
    number = next;
    scale *= 10;
  }
  return static_cast<std::uint64_t>(static_cast<double>(number) *
                                    (static_cast<double>(unit_nanoseconds) / scale));
}

std::optional<std::uint64_t> unit_called(std::string_view name) {
  for (auto const& candidate : units) {
    if (candidate.name == name) return candidate.nanoseconds;
  }
  return std::nullopt;
}

bad_value invalid(std::string_view text) {
  return bad_value{"time: invalid duration " + quote(text)};
}

/// Reads one number with its unit off the front of `rest`. `text` is the whole, for the error. A
/// fraction can bring the result over the limit, by less than an hour.
result<std::uint64_t> take_term(std::string_view& rest, std::string_view text) {
  auto const digits = take_while(rest, is_digit);
  auto const number = whole_number(digits);
  std::string_view decimals;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    decimals = take_while(rest, is_digit);
  }
  if (!number || (digits.empty() && decimals.empty())) return invalid(text);

  auto const name = take_while(rest, [](char c) { return c != '.' && !is_digit(c); });
  if (name.empty()) return bad_value{"time: missing unit in duration " + quote(text)};
  auto const nanoseconds = unit_called(name);
  if (!nanoseconds) {
    return bad_value{"time: unknown unit " + quote(name) + " in duration " + quote(text)};
  }
  if (*number > limit / *nanoseconds) return invalid(text);
  return *number * *nanoseconds + fraction(decimals, *nanoseconds);
}

/// Appends `value / 10^places` without trailing zeros.
void append_decimal(std::string& out, std::uint64_t value, int places) {
  std::string decimals;
  for (int place = 0; place < places; ++place) {
    char const digit = static_cast<char>('0' + value % 10);
    value /= 10;
    if (digit != '0' || !decimals.empty()) decimals.insert(decimals.begin(), digit);
  }
  out += std::to_string(value);
  if (!decimals.empty()) out.append(1, '.').append(decimals);
}

void append_below_a_second(std::string& out, std::uint64_t nanoseconds) {
  if (nanoseconds < 1'000) {
    append_decimal(out, nanoseconds, 0);
    out += "ns";
  } else if (nanoseconds < 1'000'000) {
    append_decimal(out, nanoseconds, 3);
    out += "\u00b5s";
  } else {
    append_decimal(out, nanoseconds, 6);
    out += "ms";
  }
}

void append_hours_to_seconds(std::string& out, std::uint64_t nanoseconds) {
  constexpr std::uint64_t minute = 60'000'000'000;
  constexpr std::uint64_t hour = 60 * minute;
  if (nanoseconds >= hour) out += std::to_string(nanoseconds / hour) + 'h';
  if (nanoseconds >= minute) out += std::to_string(nanoseconds % hour / minute) + 'm';
  append_decimal(out, nanoseconds % minute, 9);
  out += 's';
}

}  // namespace

result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  bool const negative = text.starts_with('-');
  auto rest = text.substr(negative || text.starts_with('+') ? 1 : 0);
  if (rest == "0") return std::chrono::nanoseconds{0};

  if (rest.empty()) return invalid(text);
  std::uint64_t total = 0;
  while (!rest.empty()) {
    auto const term = take_term(rest, text);
    if (!term) return term.error();
    if (*term > limit - total) return invalid(text);
    total += *term;
  }
  if (!negative && total == limit) return invalid(text);
  return std::chrono::nanoseconds{static_cast<std::int64_t>(negative ? -total : total)};
}

std::string format_duration(std::chrono::nanoseconds duration) {
  auto const count = duration.count();
  if (count == 0) return "0s";
  std::string out = count < 0 ? "-" : "";
  // Negated as unsigned: the most negative count has no positive counterpart.
  auto const magnitude =
      count < 0 ? -static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  if (magnitude < 1'000'000'000) {
    append_below_a_second(out, magnitude);
  } else {
    append_hours_to_seconds(out, magnitude);
  }
  return out;
}

}  // namespace nsqlookupd::config
