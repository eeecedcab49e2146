// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace bench {

/// `value` with so many digits behind the point.
[[nodiscard]] std::string decimal(double value, int places);

/// `value` with so many digits that say something, and no exponent: 0.000416, 21.0, 16347.
[[nodiscard]] std::string significant(double value, int digits);

/// In seconds: 60, 0.5.
[[nodiscard]] std::string in_seconds(std::chrono::milliseconds duration);

/// Filled up with blanks to at least `width` bytes, on the left or on the right.
[[nodiscard]] std::string pad_left(std::string const& text, std::size_t width);
[[nodiscard]] std::string pad_right(std::string const& text, std::size_t width);

/// The machine that all figures depend on: processors, kernel, and the day.
[[nodiscard]] std::string machine();

}  // namespace bench
