// SPDX-License-Identifier: MIT
#include "text.hpp"

#include <sys/utsname.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string_view>
#include <thread>

namespace bench {
namespace {

std::string processor() {
  constexpr std::string_view name = "model name\t: ";
  std::ifstream info{"/proc/cpuinfo"};
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with(name)) {
      return line.substr(name.size());
    }
  }
  return "processor";
}

std::string today() {
  std::array<char, 16> text{};
  std::time_t const now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::strftime(text.data(), text.size(), "%F", &parts);
  return text.data();
}

}  // namespace

std::string decimal(double value, int places) {
  constexpr std::size_t width = 64;
  std::array<char, width> text{};
  std::snprintf(text.data(), width, "%.*f", places, value);
  return text.data();
}

std::string significant(double value, int digits) {
  constexpr int most = 9;
  auto const before_point = value == 0 ? 1 : static_cast<int>(std::floor(std::log10(value))) + 1;
  return decimal(value, std::clamp(digits - before_point, 0, most));
}

std::string in_seconds(std::chrono::milliseconds duration) {
  std::ostringstream text;
  text << std::chrono::duration<double>{duration}.count();
  return text.str();
}

std::string pad_left(std::string const& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string pad_right(std::string const& text, std::size_t width) {
  return text + std::string(width - std::min(width, text.size()), ' ');
}

std::string machine() {
  utsname kernel{};
  ::uname(&kernel);
  return std::to_string(std::thread::hardware_concurrency()) + " x " + processor() + ", " +
         kernel.sysname + ' ' + kernel.release + ", " + today();
}

}  // namespace bench
