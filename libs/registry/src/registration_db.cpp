// SPDX-License-Identifier: MIT
//
// The commands that change the registration_db. Its reads are in registration_db_reads.cpp;
// registration_db_reclaim.cpp gives memory back.
#include <nsqlookupd/registry/names.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <algorithm>

namespace nsqlookupd::registry {
namespace {

bool exceeded(std::size_t limit, std::size_t count) noexcept {
  return limit != 0 && count > limit;
}

}  // namespace

registration_db::~registration_db() {
  topics_.clear_and_dispose(std::default_delete<topic_record>{});
  deleted_topics_.clear_and_dispose(std::default_delete<topic_record>{});
  by_key_.clear_and_dispose(std::default_delete<producer_record>{});
  departed_.clear_and_dispose(std::default_delete<producer_record>{});
}

topic_record* registration_db::find_topic(std::string_view name) const {
  auto const found = topic_index_.find(name);
  return found == topic_index_.end() ? nullptr : *found;
}

registration_db::names_found registration_db::find(std::string_view topic_name,
                                                   std::string_view channel_name) const {
  auto* const topic = find_topic(topic_name);
  if (topic == nullptr) {
    return {};
  }
  auto const channel = topic->channels.find(channel_name);
  return {topic, channel == topic->channels.end() ? nullptr : &*channel};
}

producer_id registration_db::add_producer(peer_info peer, time_point now) {
  auto fresh = std::make_unique<producer_record>();
  fresh->peer = std::move(peer);
  fresh->last_update = now;
  fresh->id = producers_.insert(*fresh);
  by_key_.insert(*fresh);
  node_changed(*fresh);
  return fresh.release()->id;
}

time_point registration_db::ping(producer_id id, time_point now) {
  auto& producer = producers_[id];
  if (now > active_until(producer)) {
    activity_changed();
  }
  return std::exchange(producer.last_update, now);
}

refusal registration_db::check_limits(producer_record const* producer, names_found const& found,
                                      bool wants_channel) const {
  auto const [topic, channel] = found;
  std::size_t const wanted = wants_channel ? 2 : 1;
  // Existing registrations are looked up only where they decide the result.
  if (producer != nullptr &&
      exceeded(limits_.registrations_per_producer, producer->registrations.size() + wanted)) {
    auto const is_new = [&](record const* subject) {
      return subject == nullptr || producer->registrations.find(subject->id) == nullptr ? 1U : 0U;
    };
    std::size_t const added = is_new(topic) + (wants_channel ? is_new(channel) : 0U);
    if (added != 0 &&
        exceeded(limits_.registrations_per_producer, producer->registrations.size() + added)) {
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
                                     std::string_view channel_name) {
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
    return {.topic_added = new_topic, .channel_added = new_channel};
  }
  auto const [linked, topic_added] = link(*producer, *topic, nullptr);
  return {.topic_added = topic_added,
          .channel_added = channel != nullptr && link(*producer, *channel, linked).added};
}

bool registration_db::unregister_channel(producer_id id, std::string_view topic_name,
                                         std::string_view channel_name) {
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
                                                    std::size_t limit) {
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

bool registration_db::delete_topic(std::string_view topic_name) {
  auto* const topic = find_topic(topic_name);
  if (topic == nullptr) {
    return false;
  }
  remove_topic(*topic);
  topic->deleted = true;
  return true;
}

bool registration_db::delete_channel(std::string_view topic_name, std::string_view channel_name) {
  auto* const channel = find(topic_name, channel_name).channel;
  if (channel == nullptr) {
    return false;
  }
  remove_channel(*channel);
  return true;
}

std::size_t registration_db::tombstone(std::string_view topic_name, std::string_view node,
                                       time_point now) {
  auto* const topic = find_topic(topic_name);
  auto const address = node_address::parse(node);
  if (topic == nullptr || !address) {
    return 0;
  }
  std::size_t count = 0;
  auto const tombstone_at = [&](std::string_view host) {
    producer_key const first{host, address->http_port, {}, {}};
    for (auto next = by_key_.lower_bound(first); next != by_key_.end(); ++next) {
      auto& producer = *next;
      if (producer.peer.broadcast_address != host ||
          producer.peer.http_port != address->http_port) {
        break;
      }
      if (producer.registrations.find(topic->id) != nullptr) {
        tombstones_.insert_or_assign({topic->id, producer.id}, now);
        node_changed(producer);
        topic->changed = revision_;
        ++count;
      }
    }
  };
  tombstone_at(address->host);
  tombstone_at('[' + address->host + ']');
  return count;
}

topic_record& registration_db::add_topic(std::string_view name) {
  auto topic = std::make_unique<topic_record>(name);
  topic_index_.insert(topic.get());
  topics_.insert(*topic);
  topic->id = records_.insert(*topic);
  topics_changed_ = topic->changed = count_change();
  return *topic.release();
}

record& registration_db::add_channel(topic_record& topic, std::string_view name) {
  auto channel = std::make_unique<record>(name, &topic);
  topic.channels.insert(*channel);
  channel->id = records_.insert(*channel);
  ++channel_count_;
  topic.changed = count_change();
  return *channel.release();
}

void registration_db::remove_topic(topic_record& topic) {
  topic_index_.erase(&topic);
  topics_.erase(topics_.iterator_to(topic));
  deleted_topics_.insert(topic);
  channel_count_ -= topic.channels.size();
  topics_changed_ = count_change();
  if (!topic.producers.empty()) {
    nodes_changed_ = topic_deleted_ = revision_;
  }
}

void registration_db::remove_channel(record& channel) {
  while (!channel.producers.empty()) {
    unlink(producers_[channel.producers.back()], channel);
  }
  auto& topic = *channel.owner;
  if (find_topic(topic.name) == &topic) {
    --channel_count_;
    topic.changed = count_change();
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

registration_db::link_result registration_db::link(producer_record& producer, record& subject,
                                                   registration const* topic) {
  if (auto const* const linked = producer.registrations.find(subject.id)) {
    return {.linked = linked, .added = false};
  }
  auto const position = static_cast<std::uint32_t>(subject.producers.size());
  subject.producers.push_back(producer.id);
  ++registration_count_;
  if (subject.owner == nullptr) {
    producer.sorted_topics.clear();
    node_changed(producer);
    static_cast<topic_record&>(subject).changed = revision_;
  }
  return {.linked = producer.registrations.insert(subject.id, position, topic), .added = true};
}

bool registration_db::unlink(producer_record& producer, record& subject) {
  auto* const linked = producer.registrations.find(subject.id);
  if (linked == nullptr) {
    return false;
  }
  unlink(producer, *linked);
  return true;
}

void registration_db::unlink(producer_record& producer, registration& linked) {
  auto& subject = records_[linked.record];
  auto const position = linked.position;
  producer.registrations.erase(&linked);
  --(producer.connected ? registration_count_ : departed_registrations_);
  if (auto const last = subject.producers.back(); last != producer.id) {
    subject.producers[position] = last;
    producers_[last].registrations.find(subject.id)->position = position;
  }
  pop_back(subject.producers);
  if (subject.owner == nullptr) {
    auto& topic = static_cast<topic_record&>(subject);
    tombstones_.erase({topic.id, producer.id});
    producer.sorted_topics.clear();
    if (producer.connected && !topic.deleted) {
      node_changed(producer);
      topic.changed = revision_;
    }
  }
}

void registration_db::node_changed(producer_record& producer) noexcept {
  nodes_changed_ = producer.changed = count_change();
}

void registration_db::activity_changed() noexcept {
  nodes_changed_ = activity_changed_ = count_change();
}

}  // namespace nsqlookupd::registry
