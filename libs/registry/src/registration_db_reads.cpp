// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/names.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <algorithm>
#include <chrono>

namespace nsqlookupd::registry {
namespace {

// A registration's producers are in no order. To sort more than so many at once would hold up
// others; then all producers are walked in order instead.
constexpr std::size_t sorted_on_the_spot = 1024;

producer_position position_of(producer const& who) {
  return {who.peer.broadcast_address, who.peer.http_port, who.peer.remote_address, who.id};
}

bool in_key_order(producer const* left, producer const* right) noexcept {
  return key_of(*left) < key_of(*right);
}

// Durations may be as long as a duration can be.
time_point later(time_point from, std::chrono::nanoseconds by) noexcept {
  return from > time_point::max() - by ? time_point::max() : from + by;
}

std::vector<registered_producer> connected_producers(producer_table const& producers,
                                                     registration const& place,
                                                     tombstones const* marks) {
  std::vector<producer const*> sorted;
  sorted.reserve(place.producers.size());
  for (auto const id : place.producers) {
    if (auto const& who = producers[id]; who.connected) {
      sorted.push_back(&who);
    }
  }
  std::sort(sorted.begin(), sorted.end(), in_key_order);
  std::vector<registered_producer> entries;
  entries.reserve(sorted.size());
  for (auto const* who : sorted) {
    auto const at = marks == nullptr ? std::nullopt : marks->find(*who);
    entries.push_back({who->peer, who->last_update, at});
  }
  return entries;
}

void sort_topics(registration_table const& registrations, producer const& who) {
  auto& topics = who.sorted_topics;
  topics.clear();
  for (auto const& each : who.registrations) {
    if (auto const& where = registrations[each.where]; where.owner == nullptr) {
      topics.push_back(static_cast<topic const*>(&where));
    }
  }
  std::sort(topics.begin(), topics.end(),
            [](topic const* left, topic const* right) { return left->name < right->name; });
  who.sorted_topics_out_of_date = false;
}

}  // namespace

bool registration_db::is_active(producer const& who, time_point now) const noexcept {
  auto const timeout = lifetimes_.inactive_producer_timeout;
  return timeout > timeout.zero() && now - who.last_update <= timeout;
}

bool registration_db::is_tombstoned(topic const& place, producer const& who,
                                    time_point now) const noexcept {
  if (place.tombstoned.empty()) {
    return false;
  }
  auto const at = place.tombstoned.find(who);
  return at && now - *at < lifetimes_.tombstone_lifetime;
}

time_point registration_db::active_until(producer const& who) const noexcept {
  return later(who.last_update, lifetimes_.inactive_producer_timeout);
}

time_point registration_db::tombstoned_until(topic const& place,
                                             producer const& who) const noexcept {
  auto const at = *place.tombstoned.find(who);
  return later(at, lifetimes_.tombstone_lifetime) - time_point::duration{1};
}

bool registration_db::has_topic(std::string_view topic_name) const {
  return topic_name == any_topic ? !topics_.empty() : find_topic(topic_name) != nullptr;
}

std::optional<topic_size> registration_db::size_of(std::string_view topic_name) const {
  auto const* const place = find_topic(topic_name);
  if (place == nullptr) {
    return std::nullopt;
  }
  return topic_size{place->producers.size(), place->channels.size()};
}

std::optional<std::string> registration_db::list_topics(std::string_view after, std::size_t limit,
                                                        name_sink const& sink) const {
  for (auto at = topics_.upper_bound(after); at != topics_.end(); ++at) {
    sink(at->name);
    if (--limit == 0) {
      return at->name;
    }
  }
  return std::nullopt;
}

std::optional<std::string> registration_db::list_channels(std::string_view topic_name,
                                                          std::string_view after, std::size_t limit,
                                                          name_sink const& sink) const {
  auto const* const place = find_topic(topic_name);
  if (place == nullptr) {
    return std::nullopt;
  }
  auto const& channels = place->channels;
  for (auto at = channels.upper_bound(after); at != channels.end(); ++at) {
    sink(at->name);
    if (--limit == 0) {
      return at->name;
    }
  }
  return std::nullopt;
}

std::optional<registration_position> registration_db::list_all_channels(
    registration_position const& after, std::size_t limit, name_sink const& sink) const {
  for (auto place = topics_.lower_bound(after.topic); place != topics_.end(); ++place) {
    bool const resumed = place->name == after.topic;
    auto const& channels = place->channels;
    auto at = channels.upper_bound(resumed ? std::string_view{after.channel} : std::string_view{});
    for (; at != channels.end(); ++at) {
      sink(at->name);
      if (--limit == 0) {
        return registration_position{place->name, at->name};
      }
    }
    if (!resumed && --limit == 0) {
      return registration_position{place->name, channels.empty() ? "" : channels.rbegin()->name};
    }
  }
  return std::nullopt;
}

time_point registration_db::list_lookup_producers(std::string_view topic_name, time_point now,
                                                  peer_sink const& sink) const {
  if (topic_name == any_topic) {
    for (auto const& who : by_key_) {
      if (is_active(who, now) && offers_topic(who, now)) {
        sink(who.peer);
      }
    }
    return now;
  }
  auto good_until = time_point::max();
  auto const* const place = find_topic(topic_name);
  if (place == nullptr) {
    return good_until;
  }
  std::vector<producer const*> listed;
  listed.reserve(place->producers.size());
  for (auto const id : place->producers) {
    auto const& who = at(id);
    if (!who.connected || !is_active(who, now)) {
      continue;
    }
    if (is_tombstoned(*place, who, now)) {
      good_until = std::min(good_until, tombstoned_until(*place, who));
    } else {
      good_until = std::min(good_until, active_until(who));
      listed.push_back(&who);
    }
  }
  std::sort(listed.begin(), listed.end(), in_key_order);
  for (auto const* who : listed) {
    sink(who->peer);
  }
  return good_until;
}

bool registration_db::offers_topic(producer const& who, time_point now) const noexcept {
  return std::ranges::any_of(who.registrations, [&](auto const& entry) {
    auto const& where = registrations_[entry.where];
    if (where.owner != nullptr) {
      return false;
    }
    auto const& place = static_cast<topic const&>(where);
    return !place.deleted && !is_tombstoned(place, who, now);
  });
}

std::optional<producer_position> registration_db::list_lookup_producers(
    std::string_view topic_name, std::optional<producer_position> const& after, std::size_t limit,
    time_point now, peer_sink const& sink) const {
  auto* const place = find_topic(topic_name);
  if (place == nullptr) {
    return std::nullopt;
  }
  for (auto at = first_after(after); at != by_key_.end(); ++at) {
    auto const& who = *at;
    if (who.registrations.contains(place->id) && is_active(who, now) &&
        !is_tombstoned(*place, who, now)) {
      sink(who.peer);
    }
    if (--limit == 0) {
      return position_of(who);
    }
  }
  return std::nullopt;
}

time_point registration_db::collect_topics(producer const& who, time_point now,
                                           std::vector<node_topic>& into) const {
  if (who.sorted_topics_out_of_date) {
    sort_topics(registrations_, who);
  }
  into.clear();
  auto good_until = time_point::max();
  for (auto const* place : who.sorted_topics) {
    if (place->deleted) {
      continue;
    }
    bool const tombstoned = is_tombstoned(*place, who, now);
    into.push_back({place->name, tombstoned});
    if (tombstoned) {
      good_until = std::min(good_until, tombstoned_until(*place, who));
    }
  }
  return good_until;
}

producers_by_key::const_iterator registration_db::first_after(
    std::optional<producer_position> const& after) const {
  if (!after) {
    return by_key_.begin();
  }
  return by_key_.upper_bound(
      producer_key{after->broadcast_address, after->http_port, after->remote_address, after->id});
}

std::optional<producer_position> registration_db::list_nodes(
    std::optional<producer_position> const& after, std::size_t limit, time_point now,
    node_sink const& sink) const {
  std::vector<node_topic> topics;
  for (auto at = first_after(after); at != by_key_.end(); ++at) {
    auto const& who = *at;
    if (is_active(who, now)) {
      sink(listed_node{*this, who, now, topics});
    }
    auto const cost = 1 + who.registrations.size();
    if (limit <= cost) {
      return position_of(who);
    }
    limit -= cost;
  }
  return std::nullopt;
}

std::optional<producer_position> registration_db::list_clients(
    std::optional<producer_position> const& after, std::size_t limit,
    client_sink const& sink) const {
  for (auto at = first_after(after); at != by_key_.end(); ++at) {
    auto const& who = *at;
    sink({who.peer, who.last_update, std::nullopt});
    if (--limit == 0) {
      return position_of(who);
    }
  }
  return std::nullopt;
}

std::optional<registration_position> registration_db::list_registrations(
    registration_position const& after, std::size_t limit, registration_sink const& sink) const {
  auto const visit = [&](registration const& where, topic const& place, std::string_view room,
                         tombstones const* marks) {
    if (where.producers.size() > sorted_on_the_spot) {
      sink(place.name, room, {});
      return true;
    }
    auto const entries = connected_producers(producers_, where, marks);
    if (!entries.empty()) {
      sink(place.name, room, entries);
    }
    auto const cost = 1 + where.producers.size();
    limit -= std::min(limit, cost);
    return limit == 0;
  };
  for (auto place = topics_.lower_bound(after.topic); place != topics_.end(); ++place) {
    bool const resumed = place->name == after.topic;
    if (!resumed && visit(*place, *place, {}, &place->tombstoned)) {
      return registration_position{place->name, {}};
    }
    auto at =
        place->channels.upper_bound(resumed ? std::string_view{after.channel} : std::string_view{});
    for (; at != place->channels.end(); ++at) {
      if (visit(*at, *place, at->name, nullptr)) {
        return registration_position{place->name, at->name};
      }
    }
  }
  return std::nullopt;
}

std::optional<producer_position> registration_db::list_registered(
    registration_position const& where, std::optional<producer_position> const& after,
    std::size_t limit, client_sink const& sink) const {
  auto* const place = find_topic(where.topic);
  if (place == nullptr) {
    return std::nullopt;
  }
  registration* wanted = place;
  if (!where.channel.empty()) {
    auto const found = place->channels.find(std::string_view{where.channel});
    if (found == place->channels.end()) {
      return std::nullopt;
    }
    wanted = &*found;
  }
  for (auto at = first_after(after); at != by_key_.end(); ++at) {
    auto const& who = *at;
    if (who.registrations.contains(wanted->id)) {
      sink({who.peer, who.last_update,
            wanted == place ? place->tombstoned.find(who) : std::nullopt});
    }
    if (--limit == 0) {
      return position_of(who);
    }
  }
  return std::nullopt;
}

}  // namespace nsqlookupd::registry
