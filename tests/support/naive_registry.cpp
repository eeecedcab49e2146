// SPDX-License-Identifier: MIT
#include "naive_registry.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace nsqlookupd::test_support {

using namespace registry;

namespace {

bool is_ephemeral_name(std::string_view name) {
  return name.find("#ephemeral") != std::string_view::npos;
}

// All the texts by which an admin may name the producer.
std::set<std::string> addresses_of(peer_info const& peer) {
  auto const& host = peer.broadcast_address;
  auto const port = ':' + std::to_string(peer.http_port);
  std::set<std::string> texts{host + port, '[' + host + ']' + port};
  if (host.starts_with('[') && host.ends_with(']')) {
    texts.insert(host.substr(1, host.size() - 2) + port);
  }
  return texts;
}

}  // namespace

void naive_registry::add_producer(producer_id id, peer_info peer, time_point now) {
  if (auto const restored = find_restored(peer)) {
    auto& producer = producers_.at(*restored);
    if (id != producer.id) {
      throw std::logic_error("a restored producer was not taken over, or another one");
    }
    producer = {id, std::move(peer), now};
    return;
  }
  if (!serials_.emplace(id, ++last_serial_).second) {
    throw std::logic_error("a producer_id was given twice");
  }
  producers_[last_serial_] = {id, std::move(peer), now};
}

time_point naive_registry::ping(producer_id id, time_point now) {
  return std::exchange(producers_.at(serials_.at(id)).last_update, now);
}

naive_registry::entry* naive_registry::find(serial member, std::string_view topic,
                                            std::string_view channel) {
  auto const found = std::ranges::find_if(entries_, [&](entry const& each) {
    return each.member == member && each.topic == topic && each.channel == channel;
  });
  return found == entries_.end() ? nullptr : &*found;
}

bool naive_registry::has_entries(serial born, std::string_view channel) const {
  return std::ranges::any_of(
      entries_, [&](entry const& each) { return each.born == born && each.channel == channel; });
}

refusal naive_registry::refuse(std::optional<serial> member, std::string const& topic,
                               std::string const& channel) {
  if (member && limits_.registrations_per_producer != 0) {
    auto const own = std::ranges::count_if(
        entries_, [&](entry const& each) { return each.member == *member && is_own(each); });
    auto const is_fresh = [&](std::string const& name) {
      auto const* const registered = find(*member, topic, name);
      return registered == nullptr || !is_own(*registered);
    };
    auto const fresh = (is_fresh("") ? 1 : 0) + (!channel.empty() && is_fresh(channel) ? 1 : 0);
    if (fresh > 0 && static_cast<std::size_t>(own + fresh) > limits_.registrations_per_producer) {
      return refusal::too_many_registrations;
    }
  }
  if (!topics_.contains(topic)) {
    bool const full = limits_.topics != 0 && topics_.size() >= limits_.topics;
    return full ? refusal::too_many_topics : refusal::none;
  }
  auto const& channels = topics_.at(topic).channels;
  bool const full = limits_.channels_per_topic != 0 && !channel.empty() &&
                    !channels.contains(channel) && channels.size() >= limits_.channels_per_topic;
  return full ? refusal::too_many_channels : refusal::none;
}

register_result naive_registry::create(std::string const& topic, std::string const& channel) {
  register_result result;
  if (!topics_.contains(topic)) {
    topics_[topic] = {.born = ++last_serial_, .channels = {}};
    result.topic_added = true;
  }
  result.channel_added = !channel.empty() && topics_.at(topic).channels.insert(channel).second;
  return result;
}

bool naive_registry::enter(serial member, std::string const& topic, std::string const& channel) {
  if (auto* const registered = find(member, topic, channel)) {
    return confirm(*registered);
  }
  entries_.push_back({.member = member,
                      .born = topics_.at(topic).born,
                      .topic = topic,
                      .channel = channel,
                      .tombstoned_at = std::nullopt,
                      .unconfirmed = producers_.at(member).restored});
  return true;
}

register_result naive_registry::register_producer(producer_id id, std::string const& topic,
                                                  std::string const& channel) {
  auto const member = serials_.at(id);
  if (auto const refused = refuse(member, topic, channel); refused != refusal::none) {
    return {.refused = refused};
  }
  create(topic, channel);
  bool const on_channel = !channel.empty() && enter(member, topic, channel);
  return {.topic_added = enter(member, topic, ""), .channel_added = on_channel};
}

register_result naive_registry::create_topic(std::string const& topic) {
  return create_channel(topic, "");
}

register_result naive_registry::create_channel(std::string const& topic,
                                               std::string const& channel) {
  if (auto const refused = refuse(std::nullopt, topic, channel); refused != refusal::none) {
    return {.refused = refused};
  }
  return create(topic, channel);
}

bool naive_registry::leave(serial member, std::string const& topic, std::string const& channel) {
  return std::erase_if(entries_, [&](entry const& each) {
           return each.member == member && each.topic == topic && each.channel == channel;
         }) != 0;
}

void naive_registry::drop_if_spent(std::string const& topic, std::string const& channel) {
  auto const found = topics_.find(topic);
  if (found == topics_.end() || has_entries(found->second.born, channel)) {
    return;
  }
  if (channel.empty() && is_ephemeral_name(topic)) {
    topics_.erase(found);
  } else if (is_ephemeral_name(channel)) {
    found->second.channels.erase(channel);
  }
}

bool naive_registry::unregister_channel(producer_id id, std::string const& topic,
                                        std::string const& channel) {
  bool const removed = leave(serials_.at(id), topic, channel);
  drop_if_spent(topic, channel);
  return removed;
}

unregister_result naive_registry::unregister_topic(producer_id id, std::string const& topic) {
  unregister_result result;
  auto const member = serials_.at(id);
  for (auto const& channel : channels(topic)) {
    if (leave(member, topic, channel)) {
      result.channels_removed.push_back(channel);
      drop_if_spent(topic, channel);
    }
  }
  result.topic_removed = leave(member, topic, "");
  drop_if_spent(topic, "");
  return result;
}

void naive_registry::remove_producer(producer_id id) {
  auto const member = serials_.at(id);
  auto const lost = entries_;
  std::erase_if(entries_, [&](entry const& each) { return each.member == member; });
  for (auto const& each : lost) {
    if (each.member == member) {
      drop_if_spent(each.topic, each.channel);
    }
  }
  producers_.erase(member);
  serials_.erase(id);
}

std::optional<lines> naive_registry::delete_topic(std::string const& topic) {
  auto const found = topics_.find(topic);
  if (found == topics_.end()) {
    return std::nullopt;
  }
  auto gone = channels(topic);
  std::erase_if(entries_, [&](entry const& each) { return each.born == found->second.born; });
  topics_.erase(found);
  return gone;
}

bool naive_registry::delete_channel(std::string const& topic, std::string const& channel) {
  auto const found = topics_.find(topic);
  if (found == topics_.end() || found->second.channels.erase(channel) == 0) {
    return false;
  }
  std::erase_if(entries_, [&](entry const& each) {
    return each.born == found->second.born && each.channel == channel;
  });
  return true;
}

std::size_t naive_registry::tombstone(std::string const& topic, std::string_view node,
                                      time_point now) {
  std::size_t count = 0;
  for (auto const member : connected()) {
    auto* const registration = find(member, topic, "");
    if (registration != nullptr &&
        addresses_of(producers_.at(member).peer).contains(std::string{node})) {
      registration->tombstoned_at = now;
      ++count;
    }
  }
  return count;
}

bool naive_registry::is_due(known_topic const& topic, std::string const& channel,
                            time_point now) const {
  auto const since = topic.empty_since.find(channel);
  return lifetimes_.empty_topic_ttl.count() > 0 && since != topic.empty_since.end() &&
         now - since->second >= lifetimes_.empty_topic_ttl;
}

void naive_registry::note_empty(known_topic& topic, std::string const& channel,
                                time_point now) const {
  if (has_entries(topic.born, channel)) {
    topic.empty_since.erase(channel);
  } else {
    topic.empty_since.emplace(channel, now);
  }
}

void naive_registry::settle(time_point now) {
  if (back_until_ && *back_until_ <= now) {
    settle_empty(*back_until_);
    end_not_back();
    settle_empty(*std::exchange(back_until_, std::nullopt));
  }
  settle_empty(now);
}

void naive_registry::settle_empty(time_point now) {
  std::erase_if(topics_, [&](auto const& each) { return is_due(each.second, "", now); });
  for (auto& [name, topic] : topics_) {
    std::erase_if(topic.channels,
                  [&](std::string const& channel) { return is_due(topic, channel, now); });
    std::erase_if(topic.empty_since, [&](auto const& each) {
      return !each.first.empty() && !topic.channels.contains(each.first);
    });
    note_empty(topic, "", now);
    for (auto const& channel : topic.channels) {
      note_empty(topic, channel, now);
    }
  }
}

}  // namespace nsqlookupd::test_support
