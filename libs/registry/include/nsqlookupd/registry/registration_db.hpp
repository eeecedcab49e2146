// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/peer_info.hpp>
#include <nsqlookupd/registry/records.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
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
/// the call that hands them out. A registration that was deleted before is not lost.
struct lost_registration {
  std::string_view remote_address;
  std::string_view category;
  std::string_view topic;
  std::string_view channel;
};

/// A producer as a listing hands it out. Good during the call that does.
struct listed_producer {
  peer_info const& peer;
  producer_id id;
  time_point last_update;
  /// The revision at which its entry in `/nodes` last changed, except by time alone.
  std::uint64_t changed;
  /// The last moment at which it is active, if nothing is heard of it until then.
  time_point active_until;
  /// When it was tombstoned under the topic that is listed. Nothing when it never was.
  std::optional<time_point> tombstoned_at;
  /// The last moment at which that tombstone hides it.
  time_point tombstoned_until;

  [[nodiscard]] bool is_active(time_point now) const noexcept { return now <= active_until; }
  [[nodiscard]] bool is_tombstoned(time_point now) const noexcept {
    return now <= tombstoned_until;
  }
};

/// A topic of a node, as `/nodes` lists it.
struct node_topic {
  std::string_view name;
  bool tombstoned;
};

/// The topics of a node, sorted by name, and the last moment at which time alone leaves them as
/// they are. Good until the registration_db changes.
struct node_topics {
  std::vector<node_topic> list;
  time_point good_until;
};

/// How far a listing of producers is: at the producer of this key. No producer's broadcast address
/// is empty, so a listing begins with an empty key.
using producer_position = std::tuple<std::string, std::int64_t, std::string, producer_id>;

/// A topic, or a channel of it unless `channel` is empty.
struct registration_name {
  std::string topic;
  std::string channel;
};

using lost_registration_sink = std::function<void(lost_registration const&)>;
using name_sink = std::function<void(std::string_view)>;
using producer_sink = std::function<void(listed_producer const&)>;

/// Everything that is known: the connected producers and their registrations. Indexed in both
/// directions, so that no answer and no disconnect visits what it does not touch.
///
/// Not synchronized: all calls come from one strand (registration_actor). Nothing in it is handed
/// out by reference beyond the call of a sink, and sinks must not change it.
///
/// Reads that can be long come in pages: they go on behind `at`, which is empty at first, and
/// `budget` (at least 1) goes down by the items visited. When it is used up they move `at` there
/// and return false; at the end they return true. The registry may change between pages; an item
/// that stays is listed exactly once.
///
/// Each change has a revision, a number that grows. What answers show is stamped with the revision
/// at which it last changed, except by time alone: an answer that was begun at that revision or
/// later is still right.
class registration_db {
 public:
  explicit registration_db(lifetimes how_long = {}, limits how_many = {})
      : lifetimes_{how_long}, limits_{how_many} {}
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
                                    std::string_view channel_name) {
    return add(&producers_[id], topic_name, channel_name);
  }

  /// Takes the producer off the channel; true when it was on it.
  bool unregister_channel(producer_id id, std::string_view topic_name,
                          std::string_view channel_name);

  /// Takes the producer off up to `limit` (at least 1) channels of the topic, and off the topic
  /// itself when no channel is left. Costs what the producer has in that topic, however many
  /// registrations there are besides.
  unregister_result unregister_topic(producer_id id, std::string_view topic_name,
                                     std::size_t limit = std::numeric_limits<std::size_t>::max());

  /// The connection ended: its producer is in no answer any more when this returns, and `id` is
  /// void. reclaim() gives its registrations back.
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
  register_result create_topic(std::string_view topic_name) { return add(nullptr, topic_name, {}); }
  register_result create_channel(std::string_view topic_name, std::string_view channel_name) {
    return add(nullptr, topic_name, channel_name);
  }

  /// True when there was such a topic. Its channels go with it.
  bool delete_topic(std::string_view topic_name);

  /// True when there was such a channel.
  bool delete_channel(std::string_view topic_name, std::string_view channel_name);

  /// Tombstones every producer of the topic with this `broadcast_address:http_port`, and starts the
  /// lifetime anew for those that are already. Returns how many there were.
  std::size_t tombstone(std::string_view topic_name, std::string_view node, time_point now);

  /// Topics, sorted by name.
  [[nodiscard]] bool list_topics(std::string& at, std::size_t& budget, name_sink const& sink) const;

  /// The channels of one topic, sorted by name.
  [[nodiscard]] bool list_channels(std::string_view topic_name, std::string& at,
                                   std::size_t& budget, name_sink const& sink) const;

  /// Moves to the topic or channel that follows; each topic comes before its channels. False when
  /// there is none.
  [[nodiscard]] bool next_registration(registration_name& at) const;

  /// Every connected producer. Each costs the budget one, and one for each of its registrations.
  [[nodiscard]] bool list_producers(producer_position& at, std::size_t& budget,
                                    producer_sink const& sink) const;

  /// The connected producers that are registered under a topic, or under a channel unless that is
  /// empty. When there are more than the budget, which would take long to sort, all producers are
  /// visited instead.
  [[nodiscard]] bool list_registered(std::string_view topic_name, std::string_view channel_name,
                                     producer_position& at, std::size_t& budget,
                                     producer_sink const& sink) const;

  [[nodiscard]] node_topics topics_of(producer_id id, time_point now) const;

  /// The revision of the last change. An answer is stamped with it before it is written.
  [[nodiscard]] std::uint64_t revision() const noexcept { return revision_; }

  /// The revisions at which the topics last changed; the active producers and their topics; a
  /// topic's channels and active producers (nothing when there is no such topic).
  [[nodiscard]] std::uint64_t topics_changed() const noexcept { return topics_changed_; }
  [[nodiscard]] std::uint64_t nodes_changed() const noexcept { return nodes_changed_; }
  [[nodiscard]] std::optional<std::uint64_t> lookup_changed(std::string_view topic_name) const;

  [[nodiscard]] limits const& configured_limits() const noexcept { return limits_; }
  /// Kept up as things change: costs nothing to ask.
  [[nodiscard]] totals count_all() const noexcept {
    return {by_key_.size(), topics_.size(), channel_count_, registration_count_};
  }

 private:
  /// A topic and a channel in it; null where there is none.
  struct names_found {
    topic_record* topic = nullptr;
    record* channel = nullptr;
  };
  /// A registration of a producer; `added` is false when it had it before.
  struct link_result {
    registration const* linked;
    bool added;
  };

  [[nodiscard]] topic_record* find_topic(std::string_view name) const;
  [[nodiscard]] names_found find(std::string_view topic_name, std::string_view channel_name) const;
  [[nodiscard]] refusal check_limits(producer_record const* producer, names_found const& found,
                                     bool wants_channel) const;
  /// Adds what there is not yet, and links the producer unless it is null.
  register_result add(producer_record* producer, std::string_view topic_name,
                      std::string_view channel_name);
  topic_record& add_topic(std::string_view name);
  record& add_channel(topic_record& topic, std::string_view name);
  /// Takes the topic out of all answers; reclaim() ends it.
  void remove_topic(topic_record& topic);
  void remove_channel(record& channel);
  void remove_if_spent(record& subject);
  /// `topic` is the producer's registration of a channel's topic; null to link a topic.
  link_result link(producer_record& producer, record& subject, registration const* topic);
  bool unlink(producer_record& producer, record& subject);
  void unlink(producer_record& producer, registration& linked);
  /// Returns the revision of a change that is being made.
  std::uint64_t count_change() noexcept { return ++revision_; }
  /// Counts a change of the producer's entry in `/nodes`.
  void node_changed(producer_record& producer) noexcept;
  /// Counts a change after which the producer is, or is not, in the lookups of all its topics.
  void activity_changed() noexcept;
  bool reclaim_from(producer_record& producer, std::size_t& budget,
                    lost_registration_sink const& lost);
  bool reclaim_from(topic_record& topic, std::size_t& budget);
  /// The last moment at which the producer is active.
  [[nodiscard]] time_point active_until(producer_record const& producer) const noexcept;
  [[nodiscard]] std::optional<time_point> tombstoned_at(topic_record const& topic,
                                                        producer_record const& producer) const;
  /// The last moment at which a tombstone hides its producer.
  [[nodiscard]] time_point tombstoned_until(std::optional<time_point> tombstoned_at) const noexcept;
  /// `topic` is the one that is listed; it may be null.
  [[nodiscard]] listed_producer listed(producer_record const& producer,
                                       topic_record const* topic) const;
  /// Visits the producers in order. `visit` returns what that costs.
  template <class Visit>
  bool walk(producer_position& at, std::size_t& budget, Visit const& visit) const;

  lifetimes lifetimes_;
  limits limits_;
  /// Departed producers keep their ids until they are reclaimed.
  producer_table producers_;
  record_table records_;
  producers_by_key by_key_;
  topic_set topics_;
  boost::unordered_flat_set<topic_record*, topic_name, topic_name> topic_index_;
  /// When a producer was last tombstoned under a topic. An expired one stays until the producer
  /// leaves the topic: `/debug` shows it.
  boost::unordered_flat_map<std::pair<record_id, producer_id>, time_point> tombstones_;
  producer_queue departed_;
  topic_multiset deleted_topics_;
  std::size_t channel_count_ = 0;
  std::size_t registration_count_ = 0;
  std::size_t departed_registrations_ = 0;
  std::uint64_t revision_ = 0;
  std::uint64_t topics_changed_ = 0;
  std::uint64_t nodes_changed_ = 0;
  /// When a producer last left, or was heard again after it had been silent for too long.
  std::uint64_t activity_changed_ = 0;
  /// When a topic was last deleted under its producers.
  std::uint64_t topic_deleted_ = 0;
};

}  // namespace nsqlookupd::registry
