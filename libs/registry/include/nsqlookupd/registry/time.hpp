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
  /// A topic or channel that no producer has registered for so long is removed. Zero: never.
  std::chrono::nanoseconds empty_topic_ttl{};
  /// How long a connection that takes over a producer of another member has to register again all
  /// that the producer had there.
  std::chrono::nanoseconds takeover_grace = std::chrono::seconds{60};
};

/// The moment after `from` by `duration`, which may be as long as a duration can be.
[[nodiscard]] constexpr time_point later(time_point from,
                                         std::chrono::nanoseconds duration) noexcept {
  return from > time_point::max() - duration ? time_point::max() : from + duration;
}

}  // namespace nsqlookupd::registry
