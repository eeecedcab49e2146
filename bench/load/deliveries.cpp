// SPDX-License-Identifier: MIT
#include "deliveries.hpp"

namespace bench {

void deliveries::change(std::size_t topic, time_point now) {
  auto& changed = topics_[topic];
  ++changed.changes;
  changed.untold = changed.watchers;
  changed.changed_at = now;
}

bool deliveries::told(std::size_t topic, std::size_t& changes, time_point now) {
  auto& state = topics_[topic];
  if (changes == state.changes) {
    return false;
  }
  changes = state.changes;
  readers_.add(now - state.changed_at);
  if (--state.untold == 0) {
    last_readers_.add(now - state.changed_at);
    notify_();
  }
  return true;
}

}  // namespace bench
