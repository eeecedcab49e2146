// SPDX-License-Identifier: MIT
#pragma once

#include "figures.hpp"
#include "ping_thread.hpp"
#include "watchers.hpp"

#include <chrono>
#include <cstddef>

namespace bench {

/// watch() with load::storm.
[[nodiscard]] figures watch_storm(target const& server, load const& how);

/// The number of watchers that were told last what `/lookup` does not say. Reads their events for
/// `patience` at most, until there are none and no topic has a producer.
[[nodiscard]] std::size_t count_wrong_states(measurement& work, watchers& reading,
                                             std::chrono::milliseconds patience);

/// Ends the PINGs.
void add_pings(ping_thread& pings, figures& found);
/// The counts of the watchers.
void add_counts(watchers const& reading, figures& found);

}  // namespace bench
