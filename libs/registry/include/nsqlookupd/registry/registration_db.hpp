// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/listed_node.hpp>
#include <nsqlookupd/registry/peer_info.hpp>
#include <nsqlookupd/registry/producer.hpp>
#include <nsqlookupd/registry/registration.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <boost/unordered/unordered_flat_set.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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

/// What REGISTER, or a create route, changed.
struct register_result {
  refusal refused = refusal::none;
  bool topic_added = false;
  bool channel_added = false;
};

/// What UNREGISTER of a topic took the producer off.
struct unregister_result {
  bool topic_removed = false;
  /// Sorted.
  std::vector<std::string> channels_removed;
};

/// How much is registered under a topic, what waits to be reclaimed included.
struct topic_size {
  std::size_t producers;
  std::size_t channels;
};

/// How much there is of everything.
struct totals {
  std::size_t producers = 0;
  std::size_t topics = 0;
  std::size_t channels = 0;
  /// Topics and channels of every producer, one by one. Those under a deleted topic count until
  /// they are reclaimed.
  std::size_t registrations = 0;
};

/// One registration that a producer lost because its connection ended. The views are good during
/// the call that hands them out. What was deleted before it was reclaimed is not lost.
struct lost_registration {
  std::string_view remote_address;
  std::string_view category;
  std::string_view topic;
  std::string_view channel;
};

/// A producer's entry under a registration, as `/debug` lists it.
struct registered_producer {
  peer_info const& peer;
  time_point last_update;
  /// Nothing when it never was tombstoned there.
  std::optional<time_point> tombstoned_at;
};

/// Where a listing of producers goes on: after the producer of this key.
struct producer_position {
  std::string broadcast_address;
  std::int64_t http_port = 0;
  std::string remote_address;
  producer_id id{};
};

/// Where a listing of topics and channels goes on: after this channel, or, when `channel` is
/// empty, after the topic itself.
struct registration_position {
  std::string topic;
  std::string channel;
};

using lost_registration_sink = std::function<void(lost_registration const&)>;
using name_sink = std::function<void(std::string_view)>;
using peer_sink = std::function<void(peer_info const&)>;
using node_sink = std::function<void(listed_node const&)>;
using client_sink = std::function<void(registered_producer const&)>;
/// Topic, channel (empty for the topic's own entry), and who is registered there.
using registration_sink = std::function<void(std::string_view topic, std::string_view channel,
                                             std::span<registered_producer const>)>;

/// Everything that is known: who is connected and what they registered. Indexed in both directions,
/// so that no answer and no disconnect visits what it does not touch.
///
/// Not synchronized: all calls come from one strand (registration_actor). Nothing in it is handed
/// out by reference beyond the call of a sink, and sinks must not call back into it.
///
/// A change that runs out of memory throws std::bad_alloc and leaves nothing half registered.
///
/// Reads that can be long come in pages: `limit` (at least 1) bounds the items visited, and what is
/// returned is the position to pass as `after` for the next page, or nothing at the end. The
/// registry may change between pages; an item that stays is listed exactly once.
class registration_db {
 public:
  explicit registration_db(lifetimes how_long = {}, limits how_many = {});
  registration_db(registration_db const&) = delete;
  registration_db& operator=(registration_db const&) = delete;
  ~registration_db();

  /// A connection identified itself.
  [[nodiscard]] producer_id add_producer(peer_info peer, time_point now);

  /// The producer was heard of: sets its last update to `now` and returns what it was.
  time_point ping(producer_id id, time_point now);

  /// Registers the producer under the topic, and under the channel unless that is empty. Names must
  /// be valid. On a refusal nothing is registered.
  register_result register_producer(producer_id id, std::string_view topic_name,
                                    std::string_view channel_name);

  /// Takes the producer off the channel; true when it was on it.
  bool unregister_channel(producer_id id, std::string_view topic_name,
                          std::string_view channel_name);

  /// Takes the producer off the topic and all of the topic's channels.
  unregister_result unregister_topic(producer_id id, std::string_view topic_name);

  /// The connection ended: its producer is in no answer any more when this returns, and `id` is
  /// void. What it registered is given back by reclaim().
  void remove_producer(producer_id id);

  /// True when there is something to reclaim().
  [[nodiscard]] bool has_departed() const noexcept {
    return !departed_.empty() || !deleted_topics_.empty();
  }

  /// How many registrations of departed producers there are to reclaim().
  [[nodiscard]] std::size_t departed_registrations() const noexcept {
    return departed_registrations_;
  }

  /// Gives back up to `budget` entries of producers and topics that are gone: a registration, a
  /// channel, a topic and a producer count for one each. Reports each producer's lost registrations
  /// to `lost` (may be empty), its category `client` last. Returns true when more is left. To be
  /// called after remove_producer(), delete_topic() and an UNREGISTER; costs nothing when there is
  /// nothing to give back.
  bool reclaim(std::size_t budget, lost_registration_sink const& lost);

  /// Names must be valid. Creating what exists changes nothing.
  register_result create_topic(std::string_view topic_name);
  register_result create_channel(std::string_view topic_name, std::string_view channel_name);

  /// True when there was such a topic. `channels` (may be empty) gets the names of the channels
  /// that go with it.
  bool delete_topic(std::string_view topic_name, name_sink const& channels);

  /// True when there was such a channel.
  bool delete_channel(std::string_view topic_name, std::string_view channel_name);

  /// Tombstones every producer of the topic with this `broadcast_address:http_port`, and starts the
  /// lifetime anew for those that are already. Returns how many there were.
  std::size_t tombstone(std::string_view topic_name, std::string_view node, time_point now);

  /// Accepts `any_topic`: true when there is any.
  [[nodiscard]] bool has_topic(std::string_view topic_name) const;

  /// Nothing when there is no such topic.
  [[nodiscard]] std::optional<topic_size> size_of(std::string_view topic_name) const;

  /// Topics, sorted by name.
  [[nodiscard]] std::optional<std::string> list_topics(std::string_view after, std::size_t limit,
                                                       name_sink const& sink) const;

  /// The channels of one topic, sorted by name.
  [[nodiscard]] std::optional<std::string> list_channels(std::string_view topic_name,
                                                         std::string_view after, std::size_t limit,
                                                         name_sink const& sink) const;

  /// The channels of every topic, topic by topic; a name comes once for each topic that has it.
  [[nodiscard]] std::optional<registration_position> list_all_channels(
      registration_position const& after, std::size_t limit, name_sink const& sink) const;

  /// The producers that a consumer of the topic should connect to: active, not tombstoned, sorted.
  /// Accepts `any_topic`: every producer with such a topic, once. Returns the last moment at which
  /// time alone leaves the list as it is.
  [[nodiscard]] time_point list_lookup_producers(std::string_view topic_name, time_point now,
                                                 peer_sink const& sink) const;

  /// The same in pages, for one topic with so many producers that to sort them would take long.
  /// Visits all producers, not only the topic's.
  [[nodiscard]] std::optional<producer_position> list_lookup_producers(
      std::string_view topic_name, std::optional<producer_position> const& after, std::size_t limit,
      time_point now, peer_sink const& sink) const;

  /// Active producers, tombstoned or not, each with its topics sorted by name.
  [[nodiscard]] std::optional<producer_position> list_nodes(
      std::optional<producer_position> const& after, std::size_t limit, time_point now,
      node_sink const& sink) const;

  /// Every connected producer.
  [[nodiscard]] std::optional<producer_position> list_clients(
      std::optional<producer_position> const& after, std::size_t limit,
      client_sink const& sink) const;

  /// Every topic and channel that has producers, with them. One that has very many is named without
  /// them, and the listing stops there: list_registered() has them page by page.
  [[nodiscard]] std::optional<registration_position> list_registrations(
      registration_position const& after, std::size_t limit, registration_sink const& sink) const;

  /// The producers of one topic or channel. `limit` counts those that are looked at.
  [[nodiscard]] std::optional<producer_position> list_registered(
      registration_position const& where, std::optional<producer_position> const& after,
      std::size_t limit, client_sink const& sink) const;

  /// Differs from what it was whenever list_topics() may list something else.
  [[nodiscard]] std::uint64_t topics_version() const noexcept { return topics_version_; }

  /// Differs from what it was whenever list_nodes() may list something else, but for what time
  /// alone changes: that a producer is silent for too long, that a tombstone expires.
  [[nodiscard]] std::uint64_t nodes_version() const noexcept { return nodes_version_; }

  /// Differs from what it was when a topic was deleted under its producers: nodes of the same
  /// version may then differ.
  [[nodiscard]] std::uint64_t nodes_epoch() const noexcept { return nodes_epoch_; }

  /// Differs from what it was whenever a topic's list_channels() or list_lookup_producers() may
  /// list something else, but for what time alone changes.
  [[nodiscard]] std::uint64_t lookups_version() const noexcept {
    return nodes_version_ + topics_version_ + channels_version_;
  }

  [[nodiscard]] limits const& configured_limits() const noexcept { return limits_; }
  [[nodiscard]] std::size_t producer_count() const noexcept { return by_key_.size(); }
  [[nodiscard]] std::size_t topic_count() const noexcept { return topics_.size(); }
  /// Kept up as things change: costs nothing to ask.
  [[nodiscard]] totals count_all() const noexcept {
    return {producer_count(), topic_count(), channel_count_, registration_count_};
  }

 private:
  friend class listed_node;

  struct topic_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const noexcept {
      return std::hash<std::string_view>{}(name);
    }
    std::size_t operator()(topic const* subject) const noexcept { return (*this)(subject->name); }
  };
  struct topic_equal {
    using is_transparent = void;
    static std::string_view name_of(std::string_view name) noexcept { return name; }
    static std::string_view name_of(topic const* subject) noexcept { return subject->name; }
    bool operator()(auto const& left, auto const& right) const noexcept {
      return name_of(left) == name_of(right);
    }
  };

  [[nodiscard]] producer& at(producer_id id) const;
  [[nodiscard]] topic* find_topic(std::string_view name) const;
  /// A topic and a channel in it; null where there is none.
  struct spot {
    topic* place = nullptr;
    channel* room = nullptr;
  };
  [[nodiscard]] spot find(std::string_view topic_name, std::string_view channel_name) const;
  [[nodiscard]] refusal check_limits(producer const* who, spot where, bool wants_channel) const;
  register_result enter(producer* who, std::string_view topic_name, std::string_view channel_name);
  topic& add_topic(std::string_view name);
  channel& add_channel(topic& place, std::string_view name);
  void detach(topic& place);
  void drop(channel& room);
  void drop_if_spent(registration& place);
  void topics_changed(producer& who) noexcept;
  bool link(producer& who, registration& place);
  bool unlink(producer& who, registration& place);
  void unlist(producer& who, registration& place, std::uint32_t position);
  bool reclaim_from(producer& who, std::size_t& budget, lost_registration_sink const& lost);
  bool reclaim_from(topic& place, std::size_t& budget);
  [[nodiscard]] bool is_active(producer const& who, time_point now) const noexcept;
  [[nodiscard]] bool is_tombstoned(topic const& place, producer const& who,
                                   time_point now) const noexcept;
  [[nodiscard]] bool offers_topic(producer const& who, time_point now) const noexcept;
  /// The last moments at which an active producer still is, and a tombstoned one.
  [[nodiscard]] time_point active_until(producer const& who) const noexcept;
  [[nodiscard]] time_point tombstoned_until(topic const& place, producer const& who) const noexcept;
  time_point collect_topics(producer const& who, time_point now,
                            std::vector<node_topic>& into) const;

  [[nodiscard]] producers_by_key::const_iterator first_after(
      std::optional<producer_position> const& after) const;

  lifetimes lifetimes_;
  limits limits_;
  /// Those that departed keep their ids until they are reclaimed.
  producer_table producers_;
  registration_table registrations_;
  producers_by_key by_key_;
  topic_set topics_;
  boost::unordered_flat_set<topic*, topic_hash, topic_equal> topic_index_;
  producer_queue departed_;
  topic_multiset deleted_topics_;
  std::size_t channel_count_ = 0;
  std::size_t registration_count_ = 0;
  std::size_t departed_registrations_ = 0;
  std::uint64_t topics_version_ = 0;
  std::uint64_t nodes_version_ = 0;
  std::uint64_t nodes_epoch_ = 0;
  std::uint64_t channels_version_ = 0;
};

}  // namespace nsqlookupd::registry
