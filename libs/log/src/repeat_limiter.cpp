// SPDX-License-Identifier: MIT
#include "repeat_limiter.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace nsqlookupd::log {

// An entry that counts nothing is free.
void repeat_limiter::entry::end(listener const& tell) {
  auto const before = std::exchange(count, 0);
  if (before > most) {
    tell({severity, {what, whose()}, before - most});
  }
}

bool repeat_limiter::admit(level severity, repeated const& kind, time_point now,
                           listener const& tell) {
  auto const whose = kind.whose.substr(0, longest_name);
  auto const hash =
      std::hash<std::string_view>{}(kind.what) * 31 + std::hash<std::string_view>{}(whose);
  auto const set = std::span{entries_}.subspan(hash % sets * ways, ways);
  auto found = std::ranges::find_if(set, [&](entry const& one) {
    return one.count != 0 && one.what == kind.what && one.whose() == whose;
  });
  if (found != set.end() && now - found->began >= period) {
    found->end(tell);
  }
  if (found == set.end()) {
    found = std::ranges::min_element(
        set, {}, [](entry const& one) { return one.count == 0 ? time_point::min() : one.began; });
    found->end(tell);
  }
  if (found->count == 0) {
    found->severity = severity;
    found->what = kind.what;
    std::ranges::copy(whose, found->name.begin());
    found->name_size = static_cast<std::uint8_t>(whose.size());
    found->began = now;
  }
  return ++found->count <= most;
}

bool repeat_limiter::end_periods(time_point now, listener const& tell) {
  bool goes_on = false;
  for (auto& one : entries_) {
    if (now - one.began >= period) {
      one.end(tell);
    }
    goes_on = goes_on || one.count > most;
  }
  return goes_on;
}

void repeat_limiter::end_all(listener const& tell) {
  for (auto& one : entries_) {
    one.end(tell);
  }
}
}  // namespace nsqlookupd::log
