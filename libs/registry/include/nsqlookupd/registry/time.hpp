// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace nsqlookupd::registry {

/// A moment of wall time. The registry never reads a clock: whoever asks it says what time it is.
using time_point = std::chrono::sys_time<std::chrono::nanoseconds>;

/// How long what is known stays true (SPEC 2, `/lookup` and `/topic/tombstone`).
struct lifetimes {
  /// A producer that was silent for longer is left out of `/lookup` and `/nodes`. Zero or below:
  /// every producer is.
  std::chrono::nanoseconds inactive_producer_timeout = std::chrono::seconds{300};
  /// How long a tombstone hides its producer from the topic's lookups.
  std::chrono::nanoseconds tombstone_lifetime = std::chrono::seconds{45};
};

}  // namespace nsqlookupd::registry
