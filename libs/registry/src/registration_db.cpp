// SPDX-License-Identifier: MIT
//
// The commands that change the registration_db. Its records are in registration_db_records.cpp and
// its reads in registration_db_reads.cpp; registration_db_time.cpp lets time pass,
// registration_db_origins.cpp is about producers without a connection, registration_db_snapshot.cpp
// about hand-overs, and registration_db_reclaim.cpp gives memory back.
#include <nsqlookupd/registry/names.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <algorithm>

namespace nsqlookupd::registry {
namespace {

// Names of removed topics that are remembered, so that who waits for one of them is not told of
// others.
constexpr std::size_t most_removed_topics = 4096;

bool exceeded(std::size_t limit, std::size_t count) noexcept {
  return limit != 0 && count > limit;
}

}  // namespace

registration_db::~registration_db() {
  by_activity_.clear();
  topics_.clear_and_dispose(std::default_delete<topic_record>{});
  deleted_topics_.clear_and_dispose(std::default_delete<topic_record>{});
  by_key_.clear_and_dispose(std::default_delete<producer_record>{});
  departed_.clear_and_dispose(std::default_delete<producer_record>{});
}

topic_record* registration_db::find_topic(std::string_view name) const {
  auto const found = topic_index_.find(name);
  return found == topic_index_.end() ? nullptr : *found;
}

names_found registration_db::find(std::string_view topic_name,
                                  std::string_view channel_name) const {
  auto* const topic = find_topic(topic_name);
  if (topic == nullptr) {
    return {};
  }
  auto const channel = topic->channels.find(channel_name);
  return {topic, channel == topic->channels.end() ? nullptr : &*channel};
}

producer_id registration_db::add_producer(peer_info peer, time_point now, std::string_view cause) {
  now_ = std::max(now_, now);
  cause_ = cause;
  auto said = std::make_shared<peer_info const>(std::move(peer));
  if (auto* const found = find_without_connection(*said)) {
    adopt(*found, std::move(said));
    return found->id;
  }
  auto& fresh = insert_producer(std::move(said), now_);
  tell_of_node(change_kind::producer_added, nullptr, fresh);
  return fresh.id;
}

refusal registration_db::check_limits(producer_record const* producer, names_found const& found,
                                      bool wants_channel) const {
  auto const [topic, channel] = found;
  std::size_t const wanted = wants_channel ? 2 : 1;
  // Existing registrations are looked up only where they decide the result.
  if (producer != nullptr &&
      exceeded(limits_.registrations_per_producer, producer->registrations.size() + wanted)) {
    // A connection does not pay for what it has not registered itself.
    bool const is_adopted = producer->known_by == origin::connection && producer->unconfirmed != 0;
    auto const& all = producer->registrations;
    auto const is_new = [&](record const* subject) {
      auto const* const linked = subject == nullptr ? nullptr : all.find(subject->id);
      return linked == nullptr || (is_adopted && linked->unconfirmed != 0) ? 1U : 0U;
    };
    std::size_t const added = is_new(topic) + (wants_channel ? is_new(channel) : 0U);
    auto const own = all.size() - (is_adopted ? producer->unconfirmed : 0U);
    if (added != 0 && exceeded(limits_.registrations_per_producer, own + added)) {
      return refusal::too_many_registrations;
    }
  }
  if (topic == nullptr && exceeded(limits_.topics, topics_.size() + 1)) {
    return refusal::too_many_topics;
  }
  if (wants_channel && channel == nullptr && topic != nullptr &&
      exceeded(limits_.channels_per_topic, topic->channels.size() + 1)) {
    return refusal::too_many_channels;
  }
  return refusal::none;
}

register_result registration_db::add(producer_record* producer, std::string_view topic_name,
                                     std::string_view channel_name, std::string_view cause) {
  cause_ = cause;
  bool const wants_channel = !channel_name.empty();
  auto [topic, channel] = find(topic_name, channel_name);
  if (auto const refused = check_limits(producer, {topic, channel}, wants_channel);
      refused != refusal::none) {
    return {.refused = refused};
  }
  bool const new_topic = topic == nullptr;
  bool const new_channel = wants_channel && channel == nullptr;
  if (new_topic) {
    topic = &add_topic(topic_name);
  }
  if (new_channel) {
    channel = &add_channel(*topic, channel_name);
  }
  if (producer == nullptr) {
    if (new_topic) {
      note_empty(*topic);
    }
    if (new_channel) {
      note_empty(*channel);
    }
    return {.topic_added = new_topic, .channel_added = new_channel};
  }
  auto const [linked, topic_added] = link(*producer, *topic, nullptr);
  return {.topic_added = topic_added,
          .channel_added = channel != nullptr && link(*producer, *channel, linked).added};
}

bool registration_db::unregister_channel(producer_id id, std::string_view topic_name,
                                         std::string_view channel_name, std::string_view cause) {
  cause_ = cause;
  auto* const channel = find(topic_name, channel_name).channel;
  if (channel == nullptr) {
    return false;
  }
  bool const removed = unlink(producers_[id], *channel);
  remove_if_spent(*channel);
  return removed;
}

// A producer on a channel is on the channel's topic, too: register_producer() sees to it, and a
// producer leaves a topic only after the topic's channels.
unregister_result registration_db::unregister_topic(producer_id id, std::string_view topic_name,
                                                    std::size_t limit, std::string_view cause) {
  cause_ = cause;
  unregister_result result;
  auto* const topic = find_topic(topic_name);
  if (topic == nullptr) {
    return result;
  }
  auto& producer = producers_[id];
  auto const& registrations = producer.registrations;
  if (auto const* const own = registrations.find(topic->id)) {
    std::vector<record*> channels;
    auto const* linked = registrations.next(own);
    for (; linked != own && channels.size() < limit; linked = registrations.next(linked)) {
      channels.push_back(&records_[linked->record]);
    }
    result.more = linked != own;
    for (auto const* const channel : channels) {
      result.channels_removed.push_back(channel->name);
    }
    std::ranges::sort(result.channels_removed);
    for (auto* const channel : channels) {
      unlink(producer, *channel);
      remove_if_spent(*channel);
    }
  }
  if (!result.more) {
    result.topic_removed = unlink(producer, *topic);
    remove_if_spent(*topic);
  }
  return result;
}

bool registration_db::delete_topic(std::string_view topic_name, std::string_view cause) {
  cause_ = cause;
  auto* const topic = find_topic(topic_name);
  if (topic == nullptr) {
    return false;
  }
  remove_topic(*topic);
  return true;
}

bool registration_db::delete_channel(std::string_view topic_name, std::string_view channel_name,
                                     std::string_view cause) {
  cause_ = cause;
  auto* const channel = find(topic_name, channel_name).channel;
  if (channel == nullptr) {
    return false;
  }
  remove_channel(*channel);
  return true;
}

std::size_t registration_db::tombstone(std::string_view topic_name, std::string_view node,
                                       time_point now, std::string_view cause) {
  now_ = std::max(now_, now);
  cause_ = cause;
  auto* const topic = find_topic(topic_name);
  auto const address = node_address::parse(node);
  if (topic == nullptr || !address) {
    return 0;
  }
  std::size_t count = 0;
  auto const tombstone_at = [&](std::string_view host) {
    producer_key const first{host, address->http_port, {}};
    for (auto next = by_key_.lower_bound(first); next != by_key_.end(); ++next) {
      auto& producer = *next;
      if (producer.peer->broadcast_address != host ||
          producer.peer->http_port != address->http_port) {
        break;
      }
      if (producer.registrations.find(topic->id) != nullptr) {
        set_tombstone(*topic, producer, now_);
        ++count;
      }
    }
  };
  tombstone_at(address->host);
  tombstone_at('[' + address->host + ']');
  return count;
}

topic_record& registration_db::add_topic(std::string_view name) {
  auto& topic = insert_topic(name);
  if (auto const removed = removed_at_.find(name); removed != removed_at_.end()) {
    auto const revision = removed->second;
    removed_at_.erase(removed);
    removed_topics_.erase(revision);
  }
  tell(change_kind::topic_added, &topic, nullptr);
  changed_.topics = topic.channels_changed = changed_.last;
  stamp_lookup(topic);
  return topic;
}

record& registration_db::add_channel(topic_record& topic, std::string_view name) {
  auto& channel = insert_channel(topic, name);
  tell(change_kind::channel_added, &channel, nullptr);
  changed_.channels = topic.channels_changed = changed_.last;
  stamp_lookup(topic);
  return channel;
}

void registration_db::remove_topic(topic_record& topic) {
  tell_of_lost({topic.producers.data(), topic.producers.size()});
  topic_index_.erase(&topic);
  topics_.erase(topics_.iterator_to(topic));
  deleted_topics_.insert(topic);
  topic.deleted = true;
  channel_count_ -= topic.channels.size();
  if (topic.producers.empty()) {
    note_used(topic);
  }
  tell(change_kind::topic_removed, &topic, nullptr);
  changed_.topics = changed_.last;
  if (!topic.producers.empty()) {
    changed_.nodes = changed_.topic_deleted = changed_.last;
  }
  if (removed_topics_.size() == most_removed_topics) {
    auto const oldest = removed_topics_.begin();
    changed_.unknown = oldest->first;
    removed_at_.erase(oldest->second);
    removed_topics_.erase(oldest);
  }
  auto const removed =
      removed_topics_.emplace_hint(removed_topics_.end(), changed_.last, topic.name);
  removed_at_.emplace(removed->second, changed_.last);
  stamp_lookup(topic);
}

void registration_db::remove_channel(record& channel) {
  tell_of_lost({channel.producers.data(), channel.producers.size()});
  while (!channel.producers.empty()) {
    auto& producer = producers_[channel.producers.back()];
    erase(producer, *producer.registrations.find(channel.id));
  }
  auto& topic = *channel.owner;
  note_used(channel);
  if (!topic.deleted) {
    --channel_count_;
    tell(change_kind::channel_removed, &channel, nullptr);
    changed_.channels = topic.channels_changed = changed_.last;
    stamp_lookup(topic);
  }
  records_.erase(channel.id);
  topic.channels.erase_and_dispose(topic.channels.iterator_to(channel),
                                   std::default_delete<record>{});
}

void registration_db::remove_if_spent(record& subject) {
  if (!subject.producers.empty() || !is_ephemeral(subject.name)) {
    return;
  }
  if (subject.owner != nullptr) {
    remove_channel(subject);
  } else if (auto& topic = static_cast<topic_record&>(subject); !topic.deleted) {
    remove_topic(topic);
  }
}

}  // namespace nsqlookupd::registry
