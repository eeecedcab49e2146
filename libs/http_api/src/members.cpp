// SPDX-License-Identifier: MIT
#include "members.hpp"

#include <array>
#include <chrono>
#include <ctime>

namespace nsqlookupd::http_api {

void append_moment(std::string& out, std::string_view beginning, registry::time_point when) {
  auto const whole = std::chrono::floor<std::chrono::seconds>(when);
  auto const second = static_cast<std::time_t>(whole.time_since_epoch().count());
  std::tm parts{};
  ::gmtime_r(&second, &parts);
  std::array<char, 40> text{};
  out.append(beginning).push_back('"');
  out.append(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &parts));
  // A seventh digit in front keeps the zeros.
  constexpr std::int64_t seventh_digit = 1'000'000;
  std::string digits;
  text::append_number(
      digits, seventh_digit + std::chrono::floor<std::chrono::microseconds>(when - whole).count());
  out.append(digits, 1).append("Z\"");
}

}  // namespace nsqlookupd::http_api
