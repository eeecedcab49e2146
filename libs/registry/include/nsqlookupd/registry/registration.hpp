// SPDX-License-Identifier: MIT
//
// The nodes of the registration_db's tree: topics, and the channels in each. Inside the
// registration_db only.
#pragma once

#include <nsqlookupd/registry/compact_list.hpp>
#include <nsqlookupd/registry/id_table.hpp>
#include <nsqlookupd/registry/producer.hpp>
#include <nsqlookupd/registry/tombstones.hpp>

#include <boost/intrusive/set.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace nsqlookupd::registry {

struct topic;

/// What a topic and a channel have in common: a name and the producers registered under it.
/// Ordered by name among its siblings.
struct registration
    : boost::intrusive::set_base_hook<boost::intrusive::optimize_size<true>,
                                      boost::intrusive::link_mode<boost::intrusive::normal_link>> {
  registration(std::string_view own_name, topic* parent) : name{own_name}, owner{parent} {}

  std::string name;
  /// The topic that a channel belongs to; null for a topic.
  topic* owner;
  /// In no order; each producer knows its place.
  compact_list<producer_id> producers;
  registration_id id{};
};

/// Every topic and channel, by its id.
using registration_table = id_table<registration_id, registration>;

struct registration_name {
  using type = std::string_view;
  type operator()(registration const& subject) const noexcept { return subject.name; }
};

struct channel : registration {
  channel(std::string_view own_name, topic& parent) : registration{own_name, &parent} {}
};

using channel_set =
    boost::intrusive::set<channel, boost::intrusive::key_of_value<registration_name>>;

struct topic : registration {
  explicit topic(std::string_view own_name) : registration{own_name, nullptr} {}
  topic(topic const&) = delete;
  topic& operator=(topic const&) = delete;
  ~topic() { channels.clear_and_dispose(std::default_delete<channel>{}); }

  /// Owned.
  channel_set channels;
  /// Of its producers. Expired ones stay until the producer leaves the topic: `/debug` shows them.
  tombstones tombstoned;
  /// True once the topic was deleted under its producers and only waits to be reclaimed: no answer
  /// shows it.
  bool deleted = false;
  /// True once no lookup finds it, whether it was deleted or was ephemeral and spent.
  bool unlisted = false;
};

using topic_set = boost::intrusive::set<topic, boost::intrusive::key_of_value<registration_name>>;
/// Topics on their way out: a name may have been deleted and created more than once.
using topic_multiset =
    boost::intrusive::multiset<topic, boost::intrusive::key_of_value<registration_name>>;

}  // namespace nsqlookupd::registry
