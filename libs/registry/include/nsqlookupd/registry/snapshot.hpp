// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/change.hpp>
#include <nsqlookupd/registry/peer_info.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace nsqlookupd::registry {

/// Everything that a registration_db knows, as plain values: another one that is made of it gives
/// the same answers, with the same revisions.
struct snapshot {
  /// A topic or a channel. Each topic comes before its channels.
  struct record {
    /// Bytes of its name, which is the next in `names`.
    std::uint32_t name_size = 0;
    std::uint32_t is_channel = 0;
    /// Since when no producer has registered it; the latest moment that there is for one that some
    /// producer has, and where that is not known.
    time_point empty_since;
    /// Topics alone have these.
    std::uint64_t lookup_changed = 0;
    std::uint64_t channels_changed = 0;
  };
  struct registration {
    /// An index of `records`, as in a tombstone.
    std::uint32_t record : 31;
    std::uint32_t is_confirmed : 1;
  };
  struct tombstone {
    std::uint32_t topic = 0;
    time_point set_at;
    bool hides = true;
  };
  /// Its peer_info is the one with the same index.
  struct producer {
    producer_id id{};
    time_point last_update;
    std::uint64_t changed = 0;
    std::uint64_t activity_changed = 0;
    origin known_by = origin::connection;
    /// Matters for producers of other members alone.
    bool silent = false;
    /// The end of the grace of what is not confirmed, where a connection has taken it over.
    time_point confirm_until;
    /// Each topic, and its channels behind it.
    std::vector<registration> registrations;
    std::vector<tombstone> tombstones;
  };
  struct past_change {
    std::uint64_t revision = 0;
    time_point time;
    change_kind kind{};
    std::string topic;
    std::string channel;
    /// An index of `peers`; as many as there are for none.
    std::uint32_t peer = 0;
    std::string cause;
  };
  struct removed_topic {
    std::uint64_t revision = 0;
    std::string name;
  };

  time_point now;
  time_point back_until;
  std::array<std::uint64_t, 8> revisions{};
  /// One behind the other: there may be very many.
  std::string names;
  std::vector<record> records;
  std::vector<peer_info> peers;
  /// In the order in which they are listed.
  std::vector<producer> producers;
  std::vector<removed_topic> removed_topics;
  std::uint64_t forgotten = 0;
  std::vector<past_change> changes;
};

}  // namespace nsqlookupd::registry
