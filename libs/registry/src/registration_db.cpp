// SPDX-License-Identifier: MIT
//
// What changes the registration_db; what reads it stands in registration_db_reads.cpp, what gives
// back memory in registration_db_reclaim.cpp.
#include <nsqlookupd/registry/names.hpp>
#include <nsqlookupd/registry/node_address.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace nsqlookupd::registry {
namespace {

bool reached(std::size_t limit, std::size_t count) noexcept {
  return limit != 0 && count >= limit;
}

bool exceeded(std::size_t limit, std::size_t count) noexcept {
  return limit != 0 && count > limit;
}

}  // namespace

registration_db::registration_db(lifetimes how_long, limits how_many)
    : lifetimes_{how_long}, limits_{how_many} {}

registration_db::~registration_db() {
  topics_.clear_and_dispose(std::default_delete<topic>{});
  deleted_topics_.clear_and_dispose(std::default_delete<topic>{});
  by_key_.clear_and_dispose(std::default_delete<producer>{});
  departed_.clear_and_dispose(std::default_delete<producer>{});
}

producer& registration_db::at(producer_id id) const {
  return producers_[id];
}

topic* registration_db::find_topic(std::string_view name) const {
  auto const found = topic_index_.find(name);
  return found == topic_index_.end() ? nullptr : *found;
}

registration_db::spot registration_db::find(std::string_view topic_name,
                                            std::string_view channel_name) const {
  auto* const place = find_topic(topic_name);
  if (place == nullptr) {
    return {};
  }
  auto const room = place->channels.find(channel_name);
  return {place, room == place->channels.end() ? nullptr : &*room};
}

producer_id registration_db::add_producer(peer_info peer, time_point now) {
  producers_.make_room();
  auto fresh = std::make_unique<producer>();
  fresh->peer = std::move(peer);
  fresh->last_update = now;
  fresh->id = producers_.insert(*fresh);
  by_key_.insert(*fresh);
  fresh->version = ++nodes_version_;
  return fresh.release()->id;
}

time_point registration_db::ping(producer_id id, time_point now) {
  auto& who = at(id);
  if (!is_active(who, now)) {
    ++nodes_version_;
  }
  return std::exchange(who.last_update, now);
}

refusal registration_db::check_limits(producer const* who, spot where, bool wants_channel) const {
  auto const [place, room] = where;
  std::size_t const wanted = (wants_channel ? 1U : 0U) + 1U;
  // What is registered already is looked up only where it matters.
  if (who != nullptr &&
      exceeded(limits_.registrations_per_producer, who->registrations.size() + wanted)) {
    std::size_t const known =
        (room != nullptr && who->registrations.contains(room->id) ? 1U : 0U) +
        (place != nullptr && who->registrations.contains(place->id) ? 1U : 0U);
    auto const after = who->registrations.size() + wanted - known;
    if (known < wanted && exceeded(limits_.registrations_per_producer, after)) {
      return refusal::too_many_registrations;
    }
  }
  if (place == nullptr && reached(limits_.topics, topics_.size())) {
    return refusal::too_many_topics;
  }
  if (wants_channel && room == nullptr && place != nullptr &&
      reached(limits_.channels_per_topic, place->channels.size())) {
    return refusal::too_many_channels;
  }
  return refusal::none;
}

register_result registration_db::register_producer(producer_id id, std::string_view topic_name,
                                                   std::string_view channel_name) {
  return enter(&at(id), topic_name, channel_name);
}

register_result registration_db::create_topic(std::string_view topic_name) {
  return enter(nullptr, topic_name, {});
}

register_result registration_db::create_channel(std::string_view topic_name,
                                                std::string_view channel_name) {
  return enter(nullptr, topic_name, channel_name);
}

register_result registration_db::enter(producer* who, std::string_view topic_name,
                                       std::string_view channel_name) {
  bool const wants_channel = !channel_name.empty();
  auto [place, room] = find(topic_name, channel_name);
  if (auto const refused = check_limits(who, {place, room}, wants_channel);
      refused != refusal::none) {
    return {.refused = refused};
  }
  bool const new_topic = place == nullptr;
  bool const new_channel = wants_channel && room == nullptr;
  bool linked = false;
  try {
    if (new_topic) {
      place = &add_topic(topic_name);
    }
    if (new_channel) {
      room = &add_channel(*place, channel_name);
    }
    if (who == nullptr) {
      return {.topic_added = new_topic, .channel_added = new_channel};
    }
    linked = link(*who, *place);
    return {.topic_added = linked, .channel_added = room != nullptr && link(*who, *room)};
  } catch (...) {
    if (linked) {
      unlink(*who, *place);
    }
    if (new_channel && room != nullptr) {
      drop(*room);
    }
    if (new_topic && place != nullptr) {
      detach(*place);
    }
    throw;
  }
}

bool registration_db::unregister_channel(producer_id id, std::string_view topic_name,
                                         std::string_view channel_name) {
  auto* const room = find(topic_name, channel_name).room;
  if (room == nullptr) {
    return false;
  }
  bool const removed = unlink(at(id), *room);
  drop_if_spent(*room);
  return removed;
}

unregister_result registration_db::unregister_topic(producer_id id, std::string_view topic_name) {
  unregister_result result;
  auto* const place = find_topic(topic_name);
  if (place == nullptr) {
    return result;
  }
  auto& who = at(id);
  std::vector<registration*> rooms;
  if (place->channels.size() < who.registrations.size()) {
    for (auto& room : place->channels) {
      if (who.registrations.contains(room.id)) {
        rooms.push_back(&room);
      }
    }
  } else {
    for (auto const& each : who.registrations) {
      if (auto& where = registrations_[each.where]; where.owner == place) {
        rooms.push_back(&where);
      }
    }
  }
  for (auto const* const room : rooms) {
    result.channels_removed.push_back(room->name);
  }
  std::sort(result.channels_removed.begin(), result.channels_removed.end());
  for (auto* const room : rooms) {
    unlink(who, *room);
    drop_if_spent(*room);
  }
  result.topic_removed = unlink(who, *place);
  drop_if_spent(*place);
  return result;
}

bool registration_db::delete_topic(std::string_view topic_name, name_sink const& channels) {
  auto* const place = find_topic(topic_name);
  if (place == nullptr) {
    return false;
  }
  if (channels) {
    for (auto const& room : place->channels) {
      channels(room.name);
    }
  }
  detach(*place);
  place->deleted = true;
  return true;
}

bool registration_db::delete_channel(std::string_view topic_name, std::string_view channel_name) {
  auto* const room = find(topic_name, channel_name).room;
  if (room == nullptr) {
    return false;
  }
  drop(*room);
  return true;
}

std::size_t registration_db::tombstone(std::string_view topic_name, std::string_view node,
                                       time_point now) {
  auto* const place = find_topic(topic_name);
  auto const address = node_address::parse(node);
  if (place == nullptr || !address) {
    return 0;
  }
  std::size_t count = 0;
  auto const tombstone_at = [&](std::string_view host) {
    producer_key const first{host, address->http_port, {}};
    for (auto at = by_key_.lower_bound(first); at != by_key_.end(); ++at) {
      auto& who = *at;
      if (who.peer.broadcast_address != host || who.peer.http_port != address->http_port) {
        break;
      }
      if (who.registrations.contains(place->id)) {
        place->tombstoned.set(who, now);
        who.version = ++nodes_version_;
        ++count;
      }
    }
  };
  tombstone_at(address->host);
  tombstone_at('[' + address->host + ']');
  return count;
}

topic& registration_db::add_topic(std::string_view name) {
  registrations_.make_room();
  auto fresh = std::make_unique<topic>(name);
  topic_index_.insert(fresh.get());
  topics_.insert(*fresh);
  fresh->id = registrations_.insert(*fresh);
  ++topics_version_;
  return *fresh.release();
}

channel& registration_db::add_channel(topic& place, std::string_view name) {
  registrations_.make_room();
  auto fresh = std::make_unique<channel>(name, place);
  place.channels.insert(*fresh);
  fresh->id = registrations_.insert(*fresh);
  ++channel_count_;
  ++channels_version_;
  return *fresh.release();
}

void registration_db::detach(topic& place) {
  topic_index_.erase(&place);
  topics_.erase(topics_.iterator_to(place));
  deleted_topics_.insert(place);
  place.unlisted = true;
  channel_count_ -= place.channels.size();
  ++topics_version_;
  ++nodes_version_;
  if (!place.producers.empty()) {
    ++nodes_epoch_;
  }
}

void registration_db::drop(channel& room) {
  while (!room.producers.empty()) {
    unlink(at(room.producers.back()), room);
  }
  if (!room.owner->unlisted) {
    --channel_count_;
    ++channels_version_;
  }
  registrations_.erase(room.id);
  auto& siblings = room.owner->channels;
  siblings.erase_and_dispose(siblings.iterator_to(room), std::default_delete<channel>{});
}

void registration_db::drop_if_spent(registration& place) {
  if (!place.producers.empty() || !is_ephemeral(place.name)) {
    return;
  }
  if (place.owner != nullptr) {
    drop(static_cast<channel&>(place));
  } else if (auto& spent = static_cast<topic&>(place); !spent.deleted) {
    detach(spent);
  }
}

void registration_db::topics_changed(producer& who) noexcept {
  who.sorted_topics_out_of_date = true;
  who.version = ++nodes_version_;
}

bool registration_db::link(producer& who, registration& place) {
  if (who.registrations.contains(place.id)) {
    return false;
  }
  auto const next = static_cast<std::uint32_t>(place.producers.size());
  place.producers.push_back(who.id);
  try {
    who.registrations.insert({place.id, next});
  } catch (...) {
    place.producers.pop_back();
    throw;
  }
  ++registration_count_;
  if (place.owner == nullptr) {
    topics_changed(who);
  }
  return true;
}

bool registration_db::unlink(producer& who, registration& place) {
  auto* const found = who.registrations.find(place.id);
  if (found == nullptr) {
    return false;
  }
  auto const position = found->position;
  who.registrations.erase(found);
  unlist(who, place, position);
  return true;
}

// For when the producer's own entry of the place is gone.
void registration_db::unlist(producer& who, registration& place, std::uint32_t position) {
  --(who.connected ? registration_count_ : departed_registrations_);
  auto const last = place.producers.back();
  if (last != who.id) {
    place.producers[position] = last;
    at(last).registrations.find(place.id)->position = position;
  }
  place.producers.pop_back();
  if (place.owner == nullptr) {
    static_cast<topic&>(place).tombstoned.erase(who);
    if (who.connected) {
      topics_changed(who);
    }
  }
}

}  // namespace nsqlookupd::registry
