// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/ascii.hpp>
#include <nsqlookupd/text/duration.hpp>
#include <nsqlookupd/text/number.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace nsqlookupd::text {
namespace {

/// The largest magnitude: that of the most negative duration.
constexpr std::uint64_t limit = std::uint64_t{1} << 63U;

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t minute = 60 * second;
constexpr std::uint64_t hour = 60 * minute;

struct unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};

constexpr std::array units{unit{"ns", 1},          unit{"us", 1'000},     unit{"\u00b5s", 1'000},
                           unit{"\u03bcs", 1'000}, unit{"ms", 1'000'000}, unit{"s", second},
                           unit{"m", minute},      unit{"h", hour}};

/// Cuts the leading characters off `text` that `belongs` accepts, and returns them.
template <class Predicate>
std::string_view take_while(std::string_view& text, Predicate belongs) {
  auto const end = std::ranges::find_if_not(text, belongs);
  auto const taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

/// The nanoseconds in `0.digits` units. Digits beyond what 63 bits hold are ignored, and the
/// arithmetic is that of doubles, so that the result is Go's to the last nanosecond.
std::uint64_t fraction(std::string_view digits, std::uint64_t nanoseconds) {
  std::uint64_t number = 0;
  double scale = 1;
  for (char const digit : digits) {
    auto const next = number * 10 + static_cast<std::uint64_t>(digit - '0');
    if (number > (limit - 1) / 10 || next > limit) break;
    number = next;
    scale *= 10;
  }
  return static_cast<std::uint64_t>(static_cast<double>(number) *
                                    (static_cast<double>(nanoseconds) / scale));
}

/// Takes one number with its unit off the front of `rest`. A fraction can bring the result over the
/// limit, by less than an hour.
std::optional<std::uint64_t> take_term(std::string_view& rest) {
  auto const digits = take_while(rest, is_digit);
  std::string_view decimals;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    decimals = take_while(rest, is_digit);
  }
  auto const name = take_while(rest, [](char c) { return c != '.' && !is_digit(c); });
  auto const* const known = std::ranges::find(units, name, &unit::name);
  auto const number = parse_number<std::uint64_t>(digits.empty() ? "0" : digits);
  if ((digits.empty() && decimals.empty()) || known == units.end() || !number ||
      *number > limit / known->nanoseconds) {
    return std::nullopt;
  }
  return *number * known->nanoseconds + fraction(decimals, known->nanoseconds);
}

/// Appends `value / one`, a power of ten, without trailing zeros.
void append_decimal(std::string& out, std::uint64_t value, std::uint64_t one) {
  out += std::to_string(value / one);
  if (value %= one; value == 0) return;
  out += '.';
  for (; value != 0; value = value * 10 % one) {
    out += static_cast<char>('0' + value * 10 / one);
  }
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  bool const negative = text.starts_with('-');
  auto rest = text.substr(negative || text.starts_with('+') ? 1 : 0);
  if (rest == "0") return std::chrono::nanoseconds{0};
  if (rest.empty()) return std::nullopt;
  std::uint64_t total = 0;
  while (!rest.empty()) {
    auto const term = take_term(rest);
    if (!term || *term > limit - total) return std::nullopt;
    total += *term;
  }
  if (!negative && total == limit) return std::nullopt;
  return std::chrono::nanoseconds{static_cast<std::int64_t>(negative ? -total : total)};
}

std::string format_duration(std::chrono::nanoseconds duration) {
  auto const count = duration.count();
  std::string out = count < 0 ? "-" : "";
  // Negated as unsigned: the most negative count has no positive counterpart.
  auto rest = count < 0 ? -static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  if (rest == 0 || rest >= second) {
    if (rest >= hour) out += std::to_string(rest / hour) + 'h';
    if (rest >= minute) out += std::to_string(rest % hour / minute) + 'm';
    append_decimal(out, rest % minute, second);
    return out += 's';
  }
  if (rest < 1'000) return out += std::to_string(rest) + "ns";
  bool const micro = rest < 1'000'000;
  append_decimal(out, rest, micro ? 1'000 : 1'000'000);
  return out += micro ? "\u00b5s" : "ms";
}

}  // namespace nsqlookupd::text
