// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/peer_info.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::store {

/// Everything that was stored, as a restart finds it. A million registrations take 40 MiB, for they
/// refer to the names in `topics`; those stay where they are when a state is moved.
struct state {
  struct registration {
    std::string_view topic;
    /// Empty for the topic itself, which comes before its channels.
    std::string_view channel;
  };
  /// One that still hid its producer.
  struct tombstone {
    std::string_view topic;
    registry::time_point set_at;
  };
  struct producer {
    registry::peer_info peer;
    /// A producer that was not silent counts as seen when the server was last alive.
    registry::time_point last_seen;
    /// One that had not come back since a restart counts as silent, too.
    bool was_silent = false;
    std::vector<registration> registrations;
    std::vector<tombstone> tombstones;
  };

  state() = default;
  state(state&&) = default;
  state& operator=(state&&) = default;

  /// The registry's last one; 0 when nothing was stored.
  std::uint64_t revision = 0;
  /// The last moment at which the server is known to have run.
  registry::time_point alive_at;
  /// Topics with their channels.
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> topics;
  /// In the order in which they were last seen.
  std::vector<producer> producers;
};

}  // namespace nsqlookupd::store
