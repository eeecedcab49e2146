// SPDX-License-Identifier: MIT
#include <nsqlookupd/net/running_clock.hpp>

#include <algorithm>

namespace nsqlookupd::net {
namespace {

constexpr std::chrono::seconds shortest_pause{1};
constexpr std::chrono::seconds time_to_catch_up{1};

}  // namespace

running_clock::running_clock(time_point now) : time_{now}, last_{now}, stands_until_{now} {}

running_clock::time_point running_clock::at(time_point now) {
  std::lock_guard const lock{mutex_};
  // Another thread may have been faster.
  now = std::max(now, last_);
  if (now - last_ >= shortest_pause) {
    stands_until_ = now + time_to_catch_up;
  } else if (now > stands_until_) {
    time_ += now - std::max(last_, stands_until_);
  }
  last_ = now;
  return time_;
}

}  // namespace nsqlookupd::net
