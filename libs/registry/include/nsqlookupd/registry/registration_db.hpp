// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/change.hpp>
#include <nsqlookupd/registry/journal.hpp>
#include <nsqlookupd/registry/peer_info.hpp>
#include <nsqlookupd/registry/records.hpp>
#include <nsqlookupd/registry/results.hpp>
#include <nsqlookupd/registry/snapshot.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace nsqlookupd::registry {

/// Everything that is known: the connected producers and their registrations. Indexed in both
/// directions, so that no answer and no disconnect visits what it does not touch.
///
/// All calls come from one strand (registration_actor). Nothing in it is handed out by reference
/// beyond the call of a sink, and sinks must not change it.
///
/// Reads that can be long come in pages: they go on behind `at`, which is empty at first, and
/// `budget` (at least 1) goes down by the items visited. When it is used up they move `at` there
/// and return false; at the end they return true. The registry may change between pages; an item
/// that stays is listed exactly once.
///
/// Each change has a revision, a number that grows, and is told to the listeners. The parts
/// of answers are stamped with the revision at which they last changed: an answer that was begun at
/// that revision or later is still right.
///
/// Time passes by advance() alone. Commands take a `cause`, for the journal.
///
/// After a restart a caller brings back what was known: advance() first, then topics and channels
/// (by the create functions, cause `restart`) and producers, then expect_back_until(). A restored
/// producer counts as connected. A hand-over is no restart: see take_snapshot().
/// A producer that several members of a cluster have, this one among them, is to be added once.
class registration_db {
 public:
  explicit registration_db(lifetimes how_long = {}, limits how_many = {}, history since = {})
      : lifetimes_{how_long},
        limits_{how_many},
        journal_{since.capacity, since.last_revision},
        changed_{since.last_revision} {}
  registration_db(registration_db const&) = delete;
  registration_db& operator=(registration_db const&) = delete;
  ~registration_db();

  /// Tells `listener` of each change from now on; it must outlive the registration_db.
  void follow(change_listener& listener) { listeners_.push_back(&listener); }

  /// Lets time pass until `now`, which never goes back, and makes the changes that only time
  /// causes: `budget` (at least 1) of them at most. True when more are due. Costs nothing when none
  /// is.
  bool advance(time_point now, std::size_t budget = std::numeric_limits<std::size_t>::max()) {
    now_ = std::max(now_, now);
    return next_due() <= now_ && make_due_changes(budget);
  }

  /// The moment at which time causes the next change, if nothing else happens before.
  [[nodiscard]] time_point next_due() const noexcept;

  /// A connection identified itself. It takes over a producer without a connection, restored or of
  /// another member, that has the same host name, broadcast address and ports; of several the one
  /// that was heard of last. `id` and registrations stay.
  [[nodiscard]] producer_id add_producer(peer_info peer, time_point now,
                                         std::string_view cause = "IDENTIFY");

  /// Brings back a producer that was known before a restart, `last_seen` at this moment. Those that
  /// were seen earlier come first. It has no connection: it is listed like any other, until one
  /// takes it over or the grace ends. register_producer() brings back its registrations. Not to be
  /// restored: one that was seen longer ago than the inactive producer timeout.
  [[nodiscard]] producer_id restore_producer(peer_info peer, time_point last_seen);

  /// Brings back the tombstone of a producer, and of one of its topics, that was set at this
  /// moment; it ends as if it had been set here. False when it has ended already.
  bool restore_tombstone(producer_id id, std::string_view topic_name, time_point set_at,
                         std::string_view cause = restart);

  /// The end of the grace: restored producers that no connection has taken over by then are
  /// removed, and others lose the restored registrations that they have not registered again.
  void expect_back_until(time_point until);

  /// Another member has a producer. It never falls silent here: its member says so.
  /// register_producer() adds its registrations, remove_producer() ends it.
  [[nodiscard]] producer_id add_member_producer(member_producer said, std::string_view cause);

  /// A member says something new of its producer, whose names and ports stay the same.
  void update_member_producer(producer_id id, member_producer said, std::string_view cause);

  /// To be asked when a producer that is none of a member's is removed: where the answer is true,
  /// it stays with its registrations, as a producer of another member. Must not change the
  /// registration_db.
  void ask_members(std::function<bool(producer_id)> has_producer) {
    has_member_ = std::move(has_producer);
  }

  /// Everything that is known. Ends first what reclaim() has to end.
  [[nodiscard]] snapshot take_snapshot();

  /// Goes on from a snapshot, before anything else was done, and without a change: listeners hear
  /// nothing. Limits do not matter. Throws std::out_of_range when it refers to what is not in it.
  /// Returns the ids of the producers, in the snapshot's order.
  std::vector<producer_id> resume(snapshot from);

  /// The producer was heard of: sets its last update to `now` and returns what it was.
  time_point ping(producer_id id, time_point now);

  /// Registers the producer under the topic, and under the channel unless that is empty. Names must
  /// be valid. On a refusal nothing is registered. A restored registration counts as added when its
  /// producer registers it for the first time, though that changes nothing.
  register_result register_producer(producer_id id, std::string_view topic_name,
                                    std::string_view channel_name,
                                    std::string_view cause = "REGISTER") {
    return add(&producers_[id], topic_name, channel_name, cause);
  }

  /// Takes the producer off the channel; true when it was on it.
  bool unregister_channel(producer_id id, std::string_view topic_name,
                          std::string_view channel_name, std::string_view cause = "UNREGISTER");

  /// Takes the producer off up to `limit` (at least 1) channels of the topic, and off the topic
  /// itself when no channel is left. Costs what the producer has in that topic, however many
  /// registrations there are besides.
  unregister_result unregister_topic(producer_id id, std::string_view topic_name,
                                     std::size_t limit = std::numeric_limits<std::size_t>::max(),
                                     std::string_view cause = "UNREGISTER");

  /// The connection ended: its producer is in no answer any more when this returns, and `id` is
  /// void. Where it had many registrations, reclaim() ends them.
  void remove_producer(producer_id id, std::string_view cause = "EOF");

  /// True when there is something to reclaim().
  [[nodiscard]] bool has_backlog() const noexcept {
    return !departed_.empty() || !deleted_topics_.empty() || !unstamped_.empty();
  }

  /// How many registrations of departed producers there are to reclaim().
  [[nodiscard]] std::size_t departed_registrations() const noexcept {
    return departed_registrations_;
  }

  /// Goes on with changes of producers that have many registrations, and gives back what producers
  /// and topics that are gone had: up to `budget` entries, where a registration, a channel, a topic
  /// and a producer count for one each. Returns true when more is left. To be called after any
  /// other command; costs nothing when there is nothing to do.
  bool reclaim(std::size_t budget);

  /// Names must be valid. Creating what exists changes nothing.
  register_result create_topic(std::string_view topic_name, std::string_view cause = {}) {
    return add(nullptr, topic_name, {}, cause);
  }
  register_result create_channel(std::string_view topic_name, std::string_view channel_name,
                                 std::string_view cause = {}) {
    return add(nullptr, topic_name, channel_name, cause);
  }

  /// True when there was such a topic. Its channels go with it.
  bool delete_topic(std::string_view topic_name, std::string_view cause = {});

  /// True when there was such a channel.
  bool delete_channel(std::string_view topic_name, std::string_view channel_name,
                      std::string_view cause = {});

  /// Tombstones every producer of the topic with this `broadcast_address:http_port`, and starts the
  /// lifetime anew for those that are already. Returns how many there were.
  std::size_t tombstone(std::string_view topic_name, std::string_view node, time_point now,
                        std::string_view cause = {});

  [[nodiscard]] bool has_topic(std::string_view name) const { return find_topic(name) != nullptr; }

  /// Topics, sorted by name.
  [[nodiscard]] bool list_topics(std::string& at, std::size_t& budget, name_sink const& sink) const;

  /// Topics that no producer has registered, sorted by name, and since when. Each topic costs the
  /// budget one.
  [[nodiscard]] bool list_empty_topics(std::string& at, std::size_t& budget,
                                       empty_topic_sink const& sink) const;

  /// The channels of one topic, sorted by name.
  [[nodiscard]] bool list_channels(std::string_view topic_name, std::string& at,
                                   std::size_t& budget, name_sink const& sink) const;

  /// Moves to the topic or channel that follows, a topic before its channels. False at the end.
  [[nodiscard]] bool next_registration(registration_name& at) const;

  /// Every connected producer. Each costs the budget one, and one for each of its registrations.
  [[nodiscard]] bool list_producers(producer_position& at, std::size_t& budget,
                                    producer_sink const& sink) const;

  /// Hands out one producer. False when none has this id, which may be any number.
  [[nodiscard]] bool read_producer(producer_id id, producer_sink const& sink) const;

  /// The registrations of a producer: each topic, and its channels behind it. They must not change
  /// between pages, nor be reclaimed.
  [[nodiscard]] bool registrations_of(producer_id id, registration_position& at,
                                      std::size_t& budget, registration_sink const& sink) const;

  /// The producers of a topic, or of a channel unless that is empty. When there are more than the
  /// budget, which would take long to sort, all producers are visited instead.
  [[nodiscard]] bool list_registered(std::string_view topic_name, std::string_view channel_name,
                                     producer_position& at, std::size_t& budget,
                                     producer_sink const& sink) const;

  /// Whether a connected producer has registered the topic, or the channel unless that is empty.
  [[nodiscard]] bool is_registered(std::string_view topic, std::string_view channel) const;

  /// The topics of a connected producer, sorted by name.
  [[nodiscard]] std::vector<node_topic> topics_of(producer_id id) const;

  /// The revision of the last change. An answer is stamped with it before it is written.
  [[nodiscard]] std::uint64_t revision() const noexcept { return changed_.last; }

  [[nodiscard]] journal const& changes() const noexcept { return journal_; }

  /// The revisions at which answers last changed: the topics; the topics that have no producer; the
  /// active producers and their topics; a topic's lookup, or its channels, whether there is such a
  /// topic or not; those of all topics together.
  [[nodiscard]] std::uint64_t topics_changed() const noexcept { return changed_.topics; }
  [[nodiscard]] std::uint64_t empty_topics_changed() const noexcept {
    return std::max(changed_.topics, changed_.empty_topics);
  }
  [[nodiscard]] std::uint64_t nodes_changed() const noexcept { return changed_.nodes; }
  [[nodiscard]] std::uint64_t lookup_changed(std::string_view topic_name) const;
  [[nodiscard]] std::uint64_t channels_changed(std::string_view topic_name) const;
  [[nodiscard]] std::uint64_t all_channels_changed() const noexcept {
    return std::max(changed_.topics, changed_.channels);
  }
  [[nodiscard]] std::uint64_t all_lookups_changed() const noexcept {
    return std::max(all_channels_changed(), changed_.nodes);
  }
  /// The revision at which lookups last changed of topics that the change did not name.
  [[nodiscard]] std::uint64_t unnamed_changed() const noexcept { return changed_.unnamed; }

  /// The index of a topic that is not known, and not one of those that were removed recently.
  [[nodiscard]] std::uint64_t unknown_changed() const noexcept { return changed_.unknown; }

  /// The topics of recent times that were removed after revision `since`, in order.
  void list_removed(std::uint64_t since, name_sink const& sink) const;

  [[nodiscard]] limits const& configured_limits() const noexcept { return limits_; }
  [[nodiscard]] totals count_all() const noexcept {
    return {by_key_.size(),     topics_.size(),   channel_count_,    registration_count_,
            empty_topic_count_, restored_.size(), of_members_.size()};
  }

 private:
  class saving;
  class resuming;
  /// Each adds without a word. `topic` is the producer's registration of a channel's topic; null to
  /// link a topic.
  producer_record& insert_producer(std::shared_ptr<peer_info const> peer, time_point last_update);
  topic_record& insert_topic(std::string_view name);
  record& insert_channel(topic_record& topic, std::string_view name);
  registration* insert_link(producer_record& producer, record& subject, registration const* topic);
  void insert_tombstone(record const& topic, producer_record const& producer,
                        registry::tombstone set);

  [[nodiscard]] static producer_identity identity_of(producer_record const& producer) noexcept;
  /// Null when there is none that said the same of itself.
  [[nodiscard]] producer_record* find_without_connection(peer_info const& peer) const;
  [[nodiscard]] std::set<producer_identity>& without_connection(origin known_by) noexcept {
    return known_by == origin::store ? restored_ : of_members_;
  }
  /// A connection takes over a producer.
  void adopt(producer_record& found, std::shared_ptr<peer_info const> peer);
  /// The connection of a producer ended, which another member has, too.
  void leave_to_member(producer_record& producer);
  void never_falls_silent(producer_record& producer, bool is_silent);
  /// The registration is registered again, or ends. True when it was not confirmed.
  bool confirm(producer_record& producer, registration& linked);
  void forget_origin(producer_record& producer);
  /// Ends what one producer has that is not back; from the second thing on, each costs the budget
  /// one.
  void end_not_back(std::size_t& budget);
  void end_unconfirmed(producer_record& producer, std::size_t& budget);

  [[nodiscard]] topic_record* find_topic(std::string_view name) const;
  [[nodiscard]] names_found find(std::string_view topic_name, std::string_view channel_name) const;
  [[nodiscard]] refusal check_limits(producer_record const* producer, names_found const& found,
                                     bool wants_channel) const;
  /// Adds what there is not yet, and links the producer unless it is null.
  register_result add(producer_record* producer, std::string_view topic_name,
                      std::string_view channel_name, std::string_view cause);
  topic_record& add_topic(std::string_view name);
  record& add_channel(topic_record& topic, std::string_view name);
  /// Takes the topic out of all answers; reclaim() ends it.
  void remove_topic(topic_record& topic);
  void remove_channel(record& channel);
  void remove_if_spent(record& subject);
  /// `topic` is the producer's registration of a channel's topic; null to link a topic.
  link_result link(producer_record& producer, record& subject, registration const* topic);
  /// Ends a registration, and says so unless its topic or channel is gone as well.
  bool unlink(producer_record& producer, record& subject);
  void unlink(producer_record& producer, registration& linked);
  void erase(producer_record& producer, registration& linked);

  /// Tells of a change that was made; its revision is the present one then.
  void tell(change_kind kind, record const* subject, producer_record const* producer);
  /// Tells of a change of the producer that its entry in `/nodes` shows.
  void tell_of_node(change_kind kind, record const* subject, producer_record& producer);
  /// Tells of a change after which the producer is, or is not, in the lookups of all its topics.
  void tell_of_activity(change_kind kind, producer_record& producer);
  void stamp_lookup(topic_record& topic);
  /// Tells of registrations that end with their topic or channel.
  void tell_of_lost(std::span<producer_id const> producers);
  /// Stamps the topics of a producer whose activity has changed; false when more are left.
  bool stamp_topics(producer_record& producer, std::size_t& budget);
  void forget_unstamped(producer_record& producer);

  bool make_due_changes(std::size_t budget);
  void fall_silent(producer_record& producer);
  void end_tombstone();
  void remove_empty();
  [[nodiscard]] time_point next_silence() const noexcept;
  [[nodiscard]] time_point silence_of(producer_record const& producer) const noexcept;
  [[nodiscard]] bool is_noted(record const& subject) const noexcept;
  void note_empty(record& subject) { note_empty(subject, now_); }
  void note_empty(record& subject, time_point since);
  void note_used(record& subject);

  bool reclaim_from(producer_record& producer, std::size_t& budget);
  bool reclaim_from(topic_record& topic, std::size_t& budget);
  void dispose(producer_record& producer);
  [[nodiscard]] registry::tombstone const* find_tombstone(topic_record const& topic,
                                                          producer_record const& producer) const;
  void set_tombstone(topic_record& topic, producer_record& producer, time_point set_at);
  void erase_tombstone(record const& topic, producer_record const& producer);
  /// `topic` is the one that is listed; it may be null.
  [[nodiscard]] listed_producer listed(producer_record const& producer,
                                       topic_record const* topic) const;
  /// Visits the producers in order. `visit` returns what that costs.
  template <class Visit>
  bool walk(producer_position& at, std::size_t& budget, Visit const& visit) const;

  lifetimes lifetimes_;
  limits limits_;
  journal journal_;
  std::vector<change_listener*> listeners_;
  /// The latest moment that is known of, and the reason for what is done.
  time_point now_ = time_point::min();
  std::string_view cause_;
  /// Departed producers keep their ids until they are reclaimed.
  producer_table producers_;
  record_table records_;
  producers_by_key by_key_;
  producers_by_activity by_activity_;
  topic_set topics_;
  boost::unordered_flat_set<topic_record*, topic_name, topic_name> topic_index_;
  /// One that has ended stays until the producer leaves the topic: `/debug` shows it.
  boost::unordered_flat_map<std::pair<record_id, producer_id>, registry::tombstone> tombstones_;
  std::set<std::tuple<time_point, record_id, producer_id>> tombstone_ends_;
  /// Topics and channels that no producer has registered, and since when; in the order in which
  /// they are removed, if they are.
  boost::unordered_flat_map<record_id, time_point> empty_since_;
  std::set<std::pair<time_point, record_id>> removals_;
  /// Recently removed topics, and when.
  std::map<std::uint64_t, std::string> removed_topics_;
  boost::unordered_flat_map<std::string_view, std::uint64_t> removed_at_;
  std::set<producer_identity> restored_;
  std::set<producer_identity> of_members_;
  std::function<bool(producer_id)> has_member_;
  /// Producers that connections have taken over, and that have registrations which are not
  /// confirmed, by the ends of their graces.
  std::set<std::pair<time_point, producer_id>> adopted_;
  time_point back_until_ = time_point::max();
  producer_queue departed_;
  /// The reasons why those left.
  boost::unordered_flat_map<producer_id, std::string> departure_causes_;
  std::vector<producer_record*> unstamped_;
  topic_multiset deleted_topics_;
  std::size_t channel_count_ = 0;
  std::size_t registration_count_ = 0;
  std::size_t departed_registrations_ = 0;
  std::size_t empty_topic_count_ = 0;
  revisions changed_;
};

}  // namespace nsqlookupd::registry
