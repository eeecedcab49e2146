// SPDX-License-Identifier: MIT
#include "log_line.hpp"

#include <algorithm>
#include <regex>
#include <stdexcept>

namespace nsqlookupd::e2e {

std::string without_stamp(std::string_view line, std::string_view prefix) {
  static std::regex const form{R"(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6} )"
                               R"(((DEBUG|INFO|WARNING|ERROR|FATAL): .*))"};
  std::smatch parts;
  std::string const text{line};
  auto const stamp = text.begin() + static_cast<std::ptrdiff_t>(prefix.size());
  if (!line.starts_with(prefix) || !std::regex_match(stamp, text.end(), parts, form)) {
    throw std::runtime_error{"no log line with the prefix '" + std::string{prefix} + "': " + text};
  }
  return parts[1];
}

std::string without_duration(std::string const& line) {
  static std::regex const duration{
      R"((\(last ping |\d GET .*\) |\d POST .*\) |\d PUT .*\) )[0-9.]+(ns|µs|ms|s)(\)?)$)"};
  return std::regex_replace(line, duration, "$1…$3");
}

std::vector<std::string> sorted(std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace nsqlookupd::e2e
