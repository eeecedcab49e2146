// SPDX-License-Identifier: MIT
//
// The settings of the registration_db, and its answers.
#pragma once

#include <nsqlookupd/registry/peer_info.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace nsqlookupd::registry {

/// How much may be registered; zero means no limit.
struct limits {
  std::size_t registrations_per_producer = 0;
  std::size_t topics = 0;
  std::size_t channels_per_topic = 0;
};

/// Why a name was not registered.
enum class refusal : std::uint8_t {
  none,
  too_many_registrations,
  too_many_topics,
  too_many_channels
};

/// The changes that REGISTER, or a create route, made.
struct register_result {
  refusal refused = refusal::none;
  bool topic_added = false;
  bool channel_added = false;
};

/// The changes that UNREGISTER of a topic made.
struct unregister_result {
  bool topic_removed = false;
  /// Channels of the topic are left, and with them the topic: to be called again.
  bool more = false;
  /// Sorted.
  std::vector<std::string> channels_removed;
};

/// A producer as another member of the cluster has it.
struct member_producer {
  peer_info peer;
  /// Nothing was heard of it for too long.
  bool is_silent = false;
  /// When it was last heard of, as far as is known here.
  time_point last_update;
};

/// How much there is of everything.
struct totals {
  std::size_t producers = 0;
  std::size_t topics = 0;
  std::size_t channels = 0;
  /// Topics and channels of every producer, one by one. Those under a deleted topic count until
  /// they are reclaimed.
  std::size_t registrations = 0;
  /// Topics that no producer has registered.
  std::size_t empty_topics = 0;
  /// Producers that no connection has taken over yet after a restart.
  std::size_t restored_producers = 0;
  /// Producers of other members.
  std::size_t member_producers = 0;
};

/// A producer as a listing hands it out. Good during the call that does.
struct listed_producer {
  peer_info const& peer;
  producer_id id;
  time_point last_update;
  /// The revision at which its entry in `/nodes` last changed.
  std::uint64_t changed;
  bool is_active;
  origin known_by;
  /// The end of the tombstone that hides it under the topic that is listed; nothing when none does.
  std::optional<time_point> tombstoned_until;
  /// When it was tombstoned there, also where that has ended. Nothing when it never was.
  std::optional<time_point> tombstoned_at;
};

/// A topic of a node, as `/nodes` lists it.
struct node_topic {
  std::string_view name;
  bool tombstoned;
};

/// How far a listing of producers is: at the producer of this key. No producer's broadcast address
/// is empty, so a listing begins with an empty key.
using producer_position = std::tuple<std::string, std::int64_t, producer_id>;

/// How far a read of one producer's registrations is: the topic that it is at, and which of that
/// and its channels comes next. Indexes into the producer's list.
struct registration_position {
  std::uint32_t topic = 0;
  std::uint32_t next = 0;
};

/// A registration of a producer as it is handed out. Good during the call that does.
struct listed_registration {
  std::string_view topic;
  /// Empty for the topic itself.
  std::string_view channel;
  /// The moment at which a tombstone was set that hides the producer under the topic.
  std::optional<time_point> tombstoned_at;
};

/// A topic, or a channel of it unless `channel` is empty.
struct registration_name {
  std::string topic;
  std::string channel;
};

/// How much is remembered of the changes, and the revision after which they begin.
struct history {
  std::size_t capacity = 0;
  std::uint64_t last_revision = 0;
};

using name_sink = std::function<void(std::string_view)>;
using empty_topic_sink = std::function<void(std::string_view, time_point since)>;
using producer_sink = std::function<void(listed_producer const&)>;
using registration_sink = std::function<void(listed_registration const&)>;

}  // namespace nsqlookupd::registry
