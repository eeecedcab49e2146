// SPDX-License-Identifier: MIT
#include "patience.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace nsqlookupd::test_support {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

steady_time_point give_up_at(milliseconds limit) {
  return steady_clock::now() + limit;
}

bool wait_for(int descriptor, short events, steady_time_point until) {
  while (true) {
    auto const left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    pollfd polled{.fd = descriptor, .events = events, .revents = 0};
    auto const ready =
        ::poll(&polled, 1, static_cast<int>(std::max(left, milliseconds{0}).count()));
    if (ready >= 0) {
      return ready > 0;
    }
    if (errno != EINTR) {
      throw std::system_error{errno, std::generic_category(), "poll"};
    }
  }
}

std::size_t read_some(int descriptor, std::span<char> into, steady_time_point until,
                      std::string_view description) {
  if (!wait_for(descriptor, POLLIN, until)) {
    throw std::runtime_error{"nothing came in time: " + std::string{description}};
  }
  auto const count = ::read(descriptor, into.data(), into.size());
  if (count < 0) {
    throw std::system_error{errno, std::generic_category(), std::string{description}};
  }
  return static_cast<std::size_t>(count);
}

std::string read_to_end(int descriptor, steady_time_point until, std::string_view description) {
  std::string all;
  std::array<char, 4096> some;
  while (auto const count = read_some(descriptor, some, until, description)) {
    all.append(some.data(), count);
  }
  return all;
}

}  // namespace nsqlookupd::test_support
