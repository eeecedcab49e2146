// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/registration_db.hpp>

#include <algorithm>

namespace nsqlookupd::registry {
namespace {

template <class Records, class Visit>
bool walk_names(Records const& records, std::string& at, std::size_t& budget, Visit const& visit) {
  for (auto next = records.upper_bound(std::string_view{at}); next != records.end(); ++next) {
    visit(*next);
    if (--budget == 0) {
      at = next->name;
      return false;
    }
  }
  return true;
}

}  // namespace

listed_producer registration_db::listed(producer_record const& producer,
                                        topic_record const* topic) const {
  auto const* const found = topic == nullptr ? nullptr : find_tombstone(*topic, producer);
  bool const is_hidden = found != nullptr && found->hides;
  return {.peer = *producer.peer,
          .id = producer.id,
          .last_update = producer.last_update,
          .changed = std::max(producer.changed, changed_.topic_deleted),
          .is_active = !producer.silent,
          .known_by = producer.known_by,
          .tombstoned_until =
              is_hidden ? std::optional{later(found->set_at, lifetimes_.tombstone_lifetime)}
                        : std::nullopt,
          .tombstoned_at = found == nullptr ? std::nullopt : std::optional{found->set_at}};
}

bool registration_db::list_topics(std::string& at, std::size_t& budget,
                                  name_sink const& sink) const {
  return walk_names(topics_, at, budget, [&](record const& topic) { sink(topic.name); });
}

bool registration_db::list_empty_topics(std::string& at, std::size_t& budget,
                                        empty_topic_sink const& sink) const {
  return walk_names(topics_, at, budget, [&](record const& topic) {
    if (auto const since = empty_since_.find(topic.id); since != empty_since_.end()) {
      sink(topic.name, since->second);
    }
  });
}

bool registration_db::list_channels(std::string_view topic_name, std::string& at,
                                    std::size_t& budget, name_sink const& sink) const {
  auto const* const topic = find_topic(topic_name);
  return topic == nullptr ||
         walk_names(topic->channels, at, budget, [&](record const& each) { sink(each.name); });
}

bool registration_db::next_registration(registration_name& at) const {
  auto topic = topics_.lower_bound(std::string_view{at.topic});
  if (topic != topics_.end() && topic->name == at.topic) {
    auto const channel = topic->channels.upper_bound(std::string_view{at.channel});
    if (channel != topic->channels.end()) {
      at.channel = channel->name;
      return true;
    }
    ++topic;
  }
  if (topic == topics_.end()) {
    return false;
  }
  at = {topic->name, {}};
  return true;
}

template <class Visit>
bool registration_db::walk(producer_position& at, std::size_t& budget, Visit const& visit) const {
  for (auto next = by_key_.upper_bound(producer_key{at}); next != by_key_.end(); ++next) {
    std::size_t const cost = visit(*next);
    budget -= std::min(budget, cost);
    if (budget == 0) {
      at = key_of_producer{}(*next);
      return false;
    }
  }
  return true;
}

bool registration_db::list_producers(producer_position& at, std::size_t& budget,
                                     producer_sink const& sink) const {
  return walk(at, budget, [&](producer_record const& producer) {
    sink(listed(producer, nullptr));
    return 1 + producer.registrations.size();
  });
}

bool registration_db::read_producer(producer_id id, producer_sink const& sink) const {
  auto const* const producer = producers_.find(id);
  if (producer == nullptr || !producer->connected) {
    return false;
  }
  sink(listed(*producer, nullptr));
  return true;
}

bool registration_db::registrations_of(producer_id id, registration_position& at,
                                       std::size_t& budget, registration_sink const& sink) const {
  auto const& producer = producers_[id];
  auto const& registrations = producer.registrations;
  while (at.topic < registrations.size()) {
    auto const& topic = records_[registrations[at.topic].record];
    if (topic.owner == nullptr && !static_cast<topic_record const&>(topic).deleted) {
      auto const* const next = &registrations[at.next];
      auto const& subject = records_[next->record];
      if (subject.owner == nullptr) {
        auto const* const found =
            find_tombstone(static_cast<topic_record const&>(subject), producer);
        bool const is_hidden = found != nullptr && found->hides;
        sink({subject.name, {}, is_hidden ? std::optional{found->set_at} : std::nullopt});
      } else {
        sink({topic.name, subject.name, std::nullopt});
      }
      at.next = static_cast<std::uint32_t>(registrations.next(next) - &registrations[0]);
    }
    if (at.next == at.topic) {
      at.next = ++at.topic;
    }
    if (--budget == 0) {
      return false;
    }
  }
  return true;
}

bool registration_db::is_registered(std::string_view topic_name,
                                    std::string_view channel_name) const {
  auto const [topic, channel] = find(topic_name, channel_name);
  record const* const subject = channel_name.empty() ? static_cast<record const*>(topic) : channel;
  return subject != nullptr && std::ranges::any_of(subject->producers, [this](auto const id) {
           return producers_[id].connected;
         });
}

bool registration_db::list_registered(std::string_view topic_name, std::string_view channel_name,
                                      producer_position& at, std::size_t& budget,
                                      producer_sink const& sink) const {
  auto const [topic, channel] = find(topic_name, channel_name);
  auto const* const tombstoning = channel_name.empty() ? topic : nullptr;
  record const* const subject = channel_name.empty() ? static_cast<record const*>(topic) : channel;
  if (subject == nullptr) {
    return true;
  }
  if (subject->producers.size() > budget) {
    return walk(at, budget, [&](producer_record const& producer) {
      if (producer.registrations.find(subject->id) != nullptr) {
        sink(listed(producer, tombstoning));
      }
      return std::size_t{1};
    });
  }
  budget -= subject->producers.size();
  key_of_producer const key_of;
  producer_key const last{at};
  std::vector<producer_record const*> sorted;
  sorted.reserve(subject->producers.size());
  for (auto const id : subject->producers) {
    if (auto const& producer = producers_[id]; producer.connected && key_of(producer) > last) {
      sorted.push_back(&producer);
    }
  }
  std::ranges::sort(sorted, {}, [&](auto const* producer) { return key_of(*producer); });
  for (auto const* const producer : sorted) {
    sink(listed(*producer, tombstoning));
  }
  return true;
}

std::vector<node_topic> registration_db::topics_of(producer_id id) const {
  auto const& producer = producers_[id];
  auto& sorted = producer.sorted_topics;
  if (sorted.empty()) {
    for (auto const& each : producer.registrations) {
      if (auto const& subject = records_[each.record]; subject.owner == nullptr) {
        sorted.push_back(static_cast<topic_record const*>(&subject));
      }
    }
    std::ranges::sort(sorted, {}, &topic_record::name);
  }
  std::vector<node_topic> topics;
  topics.reserve(sorted.size());
  for (auto const* const topic : sorted) {
    if (!topic->deleted) {
      auto const* const found = find_tombstone(*topic, producer);
      topics.push_back({topic->name, found != nullptr && found->hides});
    }
  }
  return topics;
}

std::uint64_t registration_db::lookup_changed(std::string_view topic_name) const {
  auto const* const topic = find_topic(topic_name);
  if (topic == nullptr) {
    return channels_changed(topic_name);
  }
  auto changed = topic->lookup_changed;
  auto const note = [&](producer_record const& producer) {
    if (producer.registrations.find(topic->id) != nullptr) {
      changed = std::max(changed, producer.activity_changed);
    }
  };
  for (auto const* const producer : unstamped_) {
    note(*producer);
  }
  std::ranges::for_each(departed_, note);
  return changed;
}

std::uint64_t registration_db::channels_changed(std::string_view topic_name) const {
  if (auto const* const topic = find_topic(topic_name)) {
    return topic->channels_changed;
  }
  auto const removed = removed_at_.find(topic_name);
  return removed == removed_at_.end() ? changed_.unknown : removed->second;
}

void registration_db::list_removed(std::uint64_t since, name_sink const& sink) const {
  for (auto next = removed_topics_.upper_bound(since); next != removed_topics_.end(); ++next) {
    sink(next->second);
  }
}

}  // namespace nsqlookupd::registry
