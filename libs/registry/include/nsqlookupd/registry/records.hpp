// SPDX-License-Identifier: MIT
//
// The producers, topics and channels of the registration_db. Inside the registration_db only.
#pragma once

#include <nsqlookupd/registry/containers.hpp>
#include <nsqlookupd/registry/peer_info.hpp>
#include <nsqlookupd/registry/registration_list.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <boost/container/string.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <tuple>

namespace nsqlookupd::registry {

using tree_hook =
    boost::intrusive::set_base_hook<boost::intrusive::optimize_size<true>,
                                    boost::intrusive::link_mode<boost::intrusive::normal_link>>;

struct topic_record;

/// One connection that has identified, or a producer without: see origin.
struct producer_record : tree_hook {
  /// Shared with the changes that are about it.
  std::shared_ptr<peer_info const> peer;
  time_point last_update;
  /// Among the producers that are active.
  boost::intrusive::list_member_hook<> activity;
  /// The revision at which its entry in `/nodes` last changed, except because a topic was deleted.
  std::uint64_t changed = 0;
  /// The revision at which it last fell silent, came back, or left.
  std::uint64_t activity_changed = 0;
  producer_id id{};
  /// So many registrations, from the first on, whose topics are not stamped with activity_changed
  /// yet.
  std::uint32_t unstamped = 0;
  /// So many of its registrations were made by no connection, and are not confirmed.
  std::uint32_t unconfirmed = 0;
  /// The end of their grace, where a connection has taken the producer over.
  time_point confirm_until;
  /// False once its connection ended: it is in no answer any more, though what it registered may
  /// not be reclaimed yet.
  bool connected = true;
  /// Nothing was heard of it for too long.
  bool silent = false;
  origin known_by = origin::connection;
  /// Each with its position in the record's list of producers, so that both sides are taken out
  /// without a search.
  registration_list registrations;
  /// The topics among them, sorted by name, which takes most of the time of a listing. Empty until
  /// they are listed, and when they have changed.
  mutable short_list<topic_record const*, 1> sorted_topics;
};

/// Every producer, by its id.
using producer_table = id_table<producer_id, producer_record>;

/// The order in which producers are listed: by the address that clients dial and its HTTP port. A
/// connection that takes over a producer leaves it where it is, so that a listing that is being
/// read has it once.
using producer_key = std::tuple<std::string_view, std::int64_t, producer_id>;

struct key_of_producer {
  using type = producer_key;
  type operator()(producer_record const& subject) const noexcept {
    auto const& peer = *subject.peer;
    return {peer.broadcast_address, peer.http_port, subject.id};
  }
};

/// Producers of any origin in the order in which they are listed.
using producers_by_key =
    boost::intrusive::set<producer_record, boost::intrusive::key_of_value<key_of_producer>>;

/// Active producers, the one first that was last heard of longest ago.
using producers_by_activity = boost::intrusive::list<
    producer_record,
    boost::intrusive::member_hook<producer_record, boost::intrusive::list_member_hook<>,
                                  &producer_record::activity>>;

/// The order in which producers without a connection are found: by host name, broadcast address and
/// both ports; of those that said the same, the one last that was heard of last.
using producer_identity = std::tuple<std::string_view, std::string_view, std::int64_t, std::int64_t,
                                     time_point, producer_id>;

struct in_no_order {
  bool operator()(producer_record const&, producer_record const&) const noexcept { return false; }
};

/// Producers whose connection ended, first come first served: what is pushed to the back stays
/// there. A tree, for it takes over the links by which the producer was listed, so that leaving
/// needs no memory.
using producer_queue =
    boost::intrusive::multiset<producer_record, boost::intrusive::compare<in_no_order>>;

/// A channel, and the part of a topic that is like one: a name and the producers registered under
/// it. Ordered by name among its siblings.
struct record : tree_hook {
  record(std::string_view own_name, topic_record* parent) : name{own_name}, owner{parent} {}

  /// Smaller than a std::string, and with longer names in itself.
  boost::container::string name;
  /// The topic that a channel belongs to; null for a topic.
  topic_record* owner;
  /// In no order; each producer knows its position. The id takes the end of its last word.
  [[no_unique_address]] short_list<producer_id, 1> producers;
  record_id id{};
};

/// Every topic and channel, by its id.
using record_table = id_table<record_id, record>;

struct record_name {
  using type = std::string_view;
  type operator()(record const& subject) const noexcept { return subject.name; }
};

using channel_set = boost::intrusive::set<record, boost::intrusive::key_of_value<record_name>>;

struct topic_record : record {
  explicit topic_record(std::string_view own_name) : record{own_name, nullptr} {}
  topic_record(topic_record const&) = delete;
  topic_record& operator=(topic_record const&) = delete;
  ~topic_record() { channels.clear_and_dispose(std::default_delete<record>{}); }

  /// Owned.
  channel_set channels;
  /// The revision at which its lookup last changed.
  std::uint64_t lookup_changed = 0;
  std::uint64_t channels_changed = 0;
  /// True once the topic was deleted under its producers and only waits to be reclaimed. No answer
  /// shows it.
  bool deleted = false;
};

using topic_set = boost::intrusive::set<topic_record, boost::intrusive::key_of_value<record_name>>;
/// Topics on their way out: a name may have been deleted and created more than once.
using topic_multiset =
    boost::intrusive::multiset<topic_record, boost::intrusive::key_of_value<record_name>>;

/// The last revision, and those of the last changes of some answers. In the order of
/// snapshot::revisions.
struct revisions {
  std::uint64_t last = 0;
  std::uint64_t topics = last;
  std::uint64_t channels = last;
  std::uint64_t empty_topics = last;
  std::uint64_t nodes = last;
  /// Lookups of topics that the change did not name.
  std::uint64_t unnamed = last;
  /// When a topic was last deleted under its producers.
  std::uint64_t topic_deleted = last;
  /// For topics that are not known and not among those that were removed recently.
  std::uint64_t unknown = last;
};

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

/// A tombstone of a producer under a topic.
struct tombstone {
  time_point set_at;
  /// Whether it still hides the producer.
  bool hides = true;
};

/// Hash and equality of topics, which are seen as their names.
struct topic_name {
  using is_transparent = void;
  static std::string_view of(std::string_view name) noexcept { return name; }
  static std::string_view of(topic_record const* topic) noexcept { return topic->name; }
  std::size_t operator()(auto const& topic) const noexcept {
    return std::hash<std::string_view>{}(of(topic));
  }
  bool operator()(auto const& left, auto const& right) const noexcept {
    return of(left) == of(right);
  }
};

}  // namespace nsqlookupd::registry
