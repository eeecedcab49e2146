// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/registration_db.hpp>

#include <algorithm>
#include <chrono>

namespace nsqlookupd::registry {
namespace {

// Durations may be as long as a duration can be.
time_point later(time_point from, std::chrono::nanoseconds by) noexcept {
  return from > time_point::max() - by ? time_point::max() : from + by;
}

template <class Records>
bool list_names(Records const& records, std::string& at, std::size_t& budget,
                name_sink const& sink) {
  for (auto next = records.upper_bound(std::string_view{at}); next != records.end(); ++next) {
    sink(next->name);
    if (--budget == 0) {
      at = next->name;
      return false;
    }
  }
  return true;
}

}  // namespace

time_point registration_db::active_until(producer_record const& producer) const noexcept {
  auto const timeout = lifetimes_.inactive_producer_timeout;
  return timeout > timeout.zero() ? later(producer.last_update, timeout) : time_point::min();
}

std::optional<time_point> registration_db::tombstoned_at(topic_record const& topic,
                                                         producer_record const& producer) const {
  // Mostly there are none, and listings ask once for each topic of each producer.
  auto const found =
      tombstones_.empty() ? tombstones_.end() : tombstones_.find({topic.id, producer.id});
  return found == tombstones_.end() ? std::nullopt : std::optional{found->second};
}

time_point registration_db::tombstoned_until(
    std::optional<time_point> tombstoned_at) const noexcept {
  return tombstoned_at
             ? later(*tombstoned_at, lifetimes_.tombstone_lifetime) - time_point::duration{1}
             : time_point::min();
}

listed_producer registration_db::listed(producer_record const& producer,
                                        topic_record const* topic) const {
  auto const tombstone = topic == nullptr ? std::nullopt : tombstoned_at(*topic, producer);
  return {.peer = producer.peer,
          .id = producer.id,
          .last_update = producer.last_update,
          .changed = std::max(producer.changed, topic_deleted_),
          .active_until = active_until(producer),
          .tombstoned_at = tombstone,
          .tombstoned_until = tombstoned_until(tombstone)};
}

bool registration_db::list_topics(std::string& at, std::size_t& budget,
                                  name_sink const& sink) const {
  return list_names(topics_, at, budget, sink);
}

bool registration_db::list_channels(std::string_view topic_name, std::string& at,
                                    std::size_t& budget, name_sink const& sink) const {
  auto const* const topic = find_topic(topic_name);
  return topic == nullptr || list_names(topic->channels, at, budget, sink);
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

node_topics registration_db::topics_of(producer_id id, time_point now) const {
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
  node_topics topics{.list = {}, .good_until = time_point::max()};
  topics.list.reserve(sorted.size());
  for (auto const* const topic : sorted) {
    if (topic->deleted) {
      continue;
    }
    auto const until = tombstoned_until(tombstoned_at(*topic, producer));
    topics.list.push_back({topic->name, now <= until});
    if (now <= until) {
      topics.good_until = std::min(topics.good_until, until);
    }
  }
  return topics;
}

std::optional<std::uint64_t> registration_db::lookup_changed(std::string_view topic_name) const {
  auto const* const topic = find_topic(topic_name);
  return topic == nullptr ? std::nullopt
                          : std::optional{std::max(topic->changed, activity_changed_)};
}

}  // namespace nsqlookupd::registry
