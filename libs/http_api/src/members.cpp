// SPDX-License-Identifier: MIT
#include "members.hpp"

#include <array>
#include <chrono>
#include <ctime>

namespace nsqlookupd::http_api {

void append_moment(std::string& out, std::string_view beginning, registry::time_point when) {
  // Not rounded as a time_point: the whole second before the earliest one is none.
  auto const since_epoch = std::chrono::floor<std::chrono::microseconds>(when.time_since_epoch());
  auto const whole = std::chrono::floor<std::chrono::seconds>(since_epoch);
  auto const second = static_cast<std::time_t>(whole.count());
  std::tm parts{};
  ::gmtime_r(&second, &parts);
  std::array<char, 40> text{};
  out.append(beginning).push_back('"');
  out.append(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &parts));
  // A seventh digit in front keeps the zeros.
  constexpr std::int64_t seventh_digit = 1'000'000;
  std::string digits;
  text::append_number(digits, seventh_digit + (since_epoch - whole).count());
  out.append(digits, 1).append("Z\"");
}

}  // namespace nsqlookupd::http_api
