// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/duration_text.hpp>

#include <algorithm>

namespace nsqlookupd::log {
namespace {

constexpr unsigned long long second = 1'000'000'000ULL;
constexpr unsigned long long millisecond = 1'000'000ULL;
constexpr unsigned long long microsecond = 1'000ULL;

}  // namespace

// Written from the back, smallest unit first.
duration_text::duration_text(std::chrono::nanoseconds duration) noexcept {
  auto const count = duration.count();
  auto rest = count < 0 ? 0ULL - static_cast<unsigned long long>(count)
                        : static_cast<unsigned long long>(count);
  if (rest == 0) {
    prepend("0s");
  } else if (rest < microsecond) {
    prepend("ns");
    prepend_integer(rest);
  } else if (rest < millisecond) {
    prepend("µs");
    prepend_integer(prepend_fraction(rest, 3));
  } else if (rest < second) {
    prepend("ms");
    prepend_integer(prepend_fraction(rest, 6));
  } else {
    prepend("s");
    rest = prepend_fraction(rest, 9);
    prepend_integer(rest % 60);
    if (rest >= 60) {
      rest /= 60;
      prepend("m");
      prepend_integer(rest % 60);
      if (rest >= 60) {
        prepend("h");
        prepend_integer(rest / 60);
      }
    }
  }
  if (count < 0) {
    prepend("-");
  }
}

void duration_text::prepend(std::string_view text) noexcept {
  first_ -= text.size();
  std::copy(text.begin(), text.end(), text_.begin() + static_cast<std::ptrdiff_t>(first_));
}

void duration_text::prepend_integer(unsigned long long number) noexcept {
  do {
    text_[--first_] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
}

// Prepends the last `digits` digits as a fraction without trailing zeros, and returns what stands
// before the point.
unsigned long long duration_text::prepend_fraction(unsigned long long number, int digits) noexcept {
  bool shown = false;
  for (; digits > 0; --digits, number /= 10) {
    auto const digit = number % 10;
    shown = shown || digit != 0;
    if (shown) {
      text_[--first_] = static_cast<char>('0' + digit);
    }
  }
  if (shown) {
    text_[--first_] = '.';
  }
  return number;
}

}  // namespace nsqlookupd::log
