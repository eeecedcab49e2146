// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace nsqlookupd::log {

/// A duration as Go prints it, which is how log lines and `-h` show them: `300ns`, `22.784µs`,
/// `1.5s`, `5m0s`, `1h0m0s`, `0s`. No allocation.
class duration_text {
 public:
  explicit duration_text(std::chrono::nanoseconds duration) noexcept;

  operator std::string_view() const noexcept { return {text_.data() + first_, size - first_}; }

 private:
  // Enough for -2562047h47m16.854775808s.
  static constexpr std::size_t size = 32;

  void prepend(std::string_view text) noexcept;
  void prepend_integer(unsigned long long number) noexcept;
  unsigned long long prepend_fraction(unsigned long long number, int digits) noexcept;

  std::array<char, size> text_;
  std::size_t first_ = size;
};

}  // namespace nsqlookupd::log
