// SPDX-License-Identifier: MIT
#include "model.hpp"

#include <iterator>
#include <string_view>
#include <utility>

namespace nsqlookupd::soak {
namespace {

bool is_ephemeral(std::string_view name) {
  return name.ends_with("#ephemeral");
}

// Joins what `write(item)` makes of each of `items`, with commas between.
template <class Items, class Write>
std::string list(Items const& items, Write const& write) {
  std::string out = "[";
  for (auto const& item : items) {
    out += out.size() == 1 ? "" : ",";
    out += write(item);
  }
  return out + ']';
}

constexpr auto quoted_key = [](auto const& item) { return '"' + item.first + '"'; };

}  // namespace

void model::add(std::string const& producer, std::string shown) {
  shown_.emplace(producer, std::move(shown));
}

void model::remove(std::string const& producer) {
  shown_.erase(producer);
  for (auto topic = topics_.begin(); topic != topics_.end();) {
    topic = topic->second.producers.contains(producer) ? leave_topic(topic, producer)
                                                       : std::next(topic);
  }
}

void model::enter(std::string const& producer, std::string const& topic,
                  std::string const& channel) {
  auto& entered = topics_[topic];
  entered.producers.emplace(producer, false);
  if (!channel.empty()) {
    entered.channels[channel].insert(producer);
  }
}

void model::leave_channels(topic_state& from, std::string const& producer) {
  for (auto channel = from.channels.begin(); channel != from.channels.end();) {
    bool const left = channel->second.erase(producer) != 0;
    bool const is_spent = left && channel->second.empty() && is_ephemeral(channel->first);
    channel = is_spent ? from.channels.erase(channel) : std::next(channel);
  }
}

model::topics_by_name::iterator model::leave_topic(topics_by_name::iterator from,
                                                   std::string const& producer) {
  leave_channels(from->second, producer);
  from->second.producers.erase(producer);
  bool const is_spent = from->second.producers.empty() && is_ephemeral(from->first);
  return is_spent ? topics_.erase(from) : std::next(from);
}

void model::leave(std::string const& producer, std::string const& topic,
                  std::string const& channel) {
  auto const left = topics_.find(topic);
  if (left == topics_.end()) {
    return;
  }
  if (channel.empty()) {
    leave_topic(left, producer);
    return;
  }
  auto const found = left->second.channels.find(channel);
  if (found != left->second.channels.end() && found->second.erase(producer) != 0 &&
      found->second.empty() && is_ephemeral(channel)) {
    left->second.channels.erase(found);
  }
}

void model::create(std::string const& topic, std::string const& channel) {
  auto& created = topics_[topic];
  if (!channel.empty()) {
    created.channels.try_emplace(channel);
  }
}

void model::delete_topic(std::string const& topic) {
  topics_.erase(topic);
}

bool model::delete_channel(std::string const& topic, std::string const& channel) {
  auto const found = topics_.find(topic);
  return found != topics_.end() && found->second.channels.erase(channel) != 0;
}

void model::tombstone(std::string const& topic, std::string const& producer) {
  if (auto const found = topics_.find(topic); found != topics_.end()) {
    if (auto const entry = found->second.producers.find(producer);
        entry != found->second.producers.end()) {
      entry->second = true;
    }
  }
}

std::vector<std::string> model::topic_names() const {
  std::vector<std::string> names;
  for (auto const& [name, state] : topics_) {
    names.push_back(name);
  }
  return names;
}

std::size_t model::registration_count() const {
  std::size_t count = 0;
  for (auto const& [name, state] : topics_) {
    count += state.producers.size();
    for (auto const& [channel, members] : state.channels) {
      count += members.size();
    }
  }
  return count;
}

std::string model::topics() const {
  return R"({"topics":)" + list(topics_, quoted_key) + '}';
}

std::string model::channels(std::string const& topic) const {
  auto const found = topics_.find(topic);
  return R"({"channels":)" +
         (found == topics_.end() ? "[]" : list(found->second.channels, quoted_key)) + '}';
}

std::string model::lookup(std::string const& topic) const {
  auto const& state = topics_.at(topic);
  std::vector<std::string> visible;
  for (auto const& [producer, tombstoned] : state.producers) {
    if (!tombstoned) {
      visible.push_back(shown_.at(producer));
    }
  }
  return R"({"channels":)" + list(state.channels, quoted_key) + R"(,"producers":)" +
         list(visible, [](std::string const& producer) { return producer; }) + '}';
}

std::string model::nodes() const {
  std::map<std::string, std::vector<std::pair<std::string, bool>>> topics_of;
  for (auto const& [name, state] : topics_) {
    for (auto const& [producer, tombstoned] : state.producers) {
      topics_of[producer].emplace_back(name, tombstoned);
    }
  }
  auto const node = [&](auto const& producer) {
    auto const& topics = topics_of[producer.first];
    auto const flag = [](auto const& topic) { return topic.second ? "true" : "false"; };
    return producer.second.substr(0, producer.second.size() - 1) + R"(,"tombstones":)" +
           list(topics, flag) + R"(,"topics":)" + list(topics, quoted_key) + '}';
  };
  return R"({"producers":)" + list(shown_, node) + '}';
}

model::listing model::debug() const {
  listing all;
  for (auto const& [name, shown] : shown_) {
    all["client::"].insert(name);
  }
  for (auto const& [name, state] : topics_) {
    for (auto const& [producer, tombstoned] : state.producers) {
      all["topic:" + name + ':'].insert(tombstoned ? producer + '!' : producer);
    }
    for (auto const& [channel, members] : state.channels) {
      if (!members.empty()) {
        all["channel:" + name + ':' + channel] = members;
      }
    }
  }
  return all;
}

}  // namespace nsqlookupd::soak
