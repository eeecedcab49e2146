// SPDX-License-Identifier: MIT
#include "log_drain.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string_view>

namespace nsqlookupd::soak {
namespace {

constexpr std::size_t most_foreign_bytes = 16'384;

}  // namespace

log_drain::log_drain(test_support::file_descriptor& from)
    : from_{from}, thread_{[this] { read_to_end(); }} {}

void log_drain::wait_for_end() {
  if (thread_.joinable()) {
    thread_.join();
  }
}

void log_drain::read_to_end() {
  std::string text;
  std::array<char, 65536> some;
  while (true) {
    auto const count = ::read(from_.number(), some.data(), some.size());
    if (count == 0 || (count < 0 && errno != EINTR)) {
      return;
    }
    if (count > 0) {
      bytes_ += static_cast<std::uint64_t>(count);
      text.append(some.data(), static_cast<std::size_t>(count));
      take_lines(text);
    }
  }
}

void log_drain::take_lines(std::string& text) {
  std::size_t begin = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    auto const line = std::string_view{text}.substr(begin, end + 1 - begin);
    if (!line.starts_with("[nsqlookupd] ") && foreign_.size() < most_foreign_bytes) {
      foreign_ += line;
    }
    begin = end + 1;
  }
  text.erase(0, begin);
}

}  // namespace nsqlookupd::soak
