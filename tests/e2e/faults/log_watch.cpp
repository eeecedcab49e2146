// SPDX-License-Identifier: MIT
#include "log_watch.hpp"

#include "log_line.hpp"
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace nsqlookupd::e2e {
namespace {

// How often the thread looks whether the test has ended before the server.
constexpr std::chrono::milliseconds look_period{100};

bool contains(std::string_view line, std::string_view part) {
  return line.find(part) != std::string_view::npos;
}

}  // namespace

log_watch::log_watch(test_support::file_descriptor& from)
    : from_{from}, thread_{[this](std::stop_token const& stop) { read_to_end(stop); }} {}

std::size_t log_watch::line_count() const {
  std::lock_guard const lock{mutex_};
  return lines_.size();
}

std::size_t log_watch::count(std::string_view part) const {
  std::lock_guard const lock{mutex_};
  return count_locked(part, 0);
}

std::size_t log_watch::count_locked(std::string_view part, std::size_t from) const {
  auto const begin = lines_.begin() + static_cast<std::ptrdiff_t>(from);
  return static_cast<std::size_t>(std::count_if(
      begin, lines_.end(), [&](std::string const& line) { return contains(line, part); }));
}

bool log_watch::wait_for(std::string_view part, std::chrono::milliseconds limit) {
  std::unique_lock lock{mutex_};
  std::size_t seen = 0;
  auto const is_there = [&] {
    auto const found = count_locked(part, seen) != 0;
    seen = lines_.size();
    return found;
  };
  return more_.wait_for(lock, limit, is_there);
}

std::vector<std::string> log_watch::lines_through(std::vector<std::string> const& parts,
                                                  std::size_t from) {
  std::unique_lock lock{mutex_};
  auto end = from;
  auto const is_there = [&] {
    while (end < lines_.size()) {
      auto const& line = lines_[end++];
      if (std::ranges::any_of(parts, [&](auto const& part) { return contains(line, part); })) {
        return true;
      }
    }
    return false;
  };
  if (!more_.wait_for(lock, test_support::patience, is_there)) {
    throw std::runtime_error{"no line of the log contains '" + parts.front() + '\''};
  }
  return {lines_.begin() + static_cast<std::ptrdiff_t>(from),
          lines_.begin() + static_cast<std::ptrdiff_t>(end)};
}

std::string log_watch::foreign_lines() const {
  std::lock_guard const lock{mutex_};
  std::string result;
  for (auto const& line : lines_) {
    if (!line.starts_with(default_prefix)) {
      result.append(line).append("\n");
    }
  }
  return result;
}

void log_watch::wait_for_end() {
  if (thread_.joinable()) {
    thread_.join();
  }
}

void log_watch::read_to_end(std::stop_token const& stop) {
  std::string text;
  std::array<char, 65536> some;
  while (!stop.stop_requested()) {
    if (!test_support::wait_for(from_.number(), POLLIN, test_support::give_up_at(look_period))) {
      continue;
    }
    auto const count = ::read(from_.number(), some.data(), some.size());
    if (count <= 0) {
      return;
    }
    text.append(some.data(), static_cast<std::size_t>(count));
    take_lines(text);
  }
}

void log_watch::take_lines(std::string& text) {
  std::lock_guard const lock{mutex_};
  std::size_t begin = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    lines_.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  text.erase(0, begin);
  more_.notify_all();
}

}  // namespace nsqlookupd::e2e
