// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace nsqlookupd::registry {

/// A moment of the server's time. The registry reads no clock: the caller says what time it is.
using time_point = std::chrono::sys_time<std::chrono::nanoseconds>;

/// The times after which producers and tombstones lapse (docs/PROTOCOL.md, "Time").
struct lifetimes {
  /// A producer that was silent for longer is left out of `/lookup` and `/nodes`. Zero or below:
  /// every producer is.
  std::chrono::nanoseconds inactive_producer_timeout = std::chrono::seconds{300};
  /// How long a tombstone hides its producer from the topic's lookups.
  std::chrono::nanoseconds tombstone_lifetime = std::chrono::seconds{45};
};

}  // namespace nsqlookupd::registry
