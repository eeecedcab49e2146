// SPDX-License-Identifier: MIT
#include "naive_registry.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace nsqlookupd::test_support {

using namespace registry;

bool naive_registry::is_active(known_producer const& producer, time_point now) const {
  auto const timeout = lifetimes_.inactive_producer_timeout.count();
  return timeout > 0 && (now - producer.last_update).count() <= timeout;
}

bool naive_registry::is_hidden(entry const& registration, time_point now) const {
  return registration.tombstoned_at &&
         now < *registration.tombstoned_at + lifetimes_.tombstone_lifetime;
}

std::vector<naive_registry::serial> naive_registry::connected() const {
  std::vector<serial> sorted;
  sorted.reserve(serials_.size());
  for (auto const& [id, member] : serials_) {
    sorted.push_back(member);
  }
  auto const key = [&](serial member) {
    auto const& producer = producers_.at(member);
    return std::tie(producer.peer.broadcast_address, producer.peer.http_port, producer.id);
  };
  std::ranges::sort(sorted, {}, key);
  return sorted;
}

bool naive_registry::has_topic(std::string const& topic) const {
  return topic == "*" ? !topics_.empty() : topics_.contains(topic);
}

lines naive_registry::topics() const {
  lines listed;
  for (auto const& [name, state] : topics_) {
    listed.push_back(name);
  }
  return listed;
}

lines naive_registry::channels(std::string const& topic) const {
  auto const found = topics_.find(topic);
  if (found == topics_.end()) {
    return {};
  }
  return {found->second.channels.begin(), found->second.channels.end()};
}

lines naive_registry::all_channels() const {
  lines listed;
  for (auto const& [name, state] : topics_) {
    listed.insert(listed.end(), state.channels.begin(), state.channels.end());
  }
  return listed;
}

lines naive_registry::lookup(std::string const& topic, time_point now) const {
  lines listed;
  for (auto const member : connected()) {
    auto const& producer = producers_.at(member);
    bool const offered = std::ranges::any_of(entries_, [&](entry const& each) {
      return each.member == member && each.channel.empty() &&
             (topic == "*" || each.topic == topic) && !is_hidden(each, now);
    });
    if (offered && is_active(producer, now)) {
      listed.push_back(peer_line(producer.peer));
    }
  }
  return listed;
}

lines naive_registry::nodes(time_point now) const {
  lines listed;
  for (auto const member : connected()) {
    auto const& producer = producers_.at(member);
    if (!is_active(producer, now)) {
      continue;
    }
    std::vector<node_topic> offered;
    for (auto const& each : entries_) {
      if (each.member == member && each.channel.empty()) {
        offered.push_back({each.topic, is_hidden(each, now)});
      }
    }
    std::ranges::sort(offered, {}, &node_topic::name);
    listed.push_back(node_line(producer.peer, offered));
  }
  return listed;
}

lines naive_registry::clients() const {
  lines listed;
  for (auto const member : connected()) {
    auto const& producer = producers_.at(member);
    listed.push_back(entry_line(producer.peer, producer.last_update, std::nullopt));
  }
  return listed;
}

lines naive_registry::registrations() const {
  std::map<std::pair<std::string_view, std::string_view>, lines> found;
  for (auto const member : connected()) {
    auto const& producer = producers_.at(member);
    for (auto const& each : entries_) {
      if (each.member == member) {
        found[{each.topic, each.channel}].push_back(
            entry_line(producer.peer, producer.last_update, each.tombstoned_at));
      }
    }
  }
  lines listed;
  for (auto const& [name, producers] : found) {
    listed.push_back(registration_line(name.first, name.second, producers));
  }
  return listed;
}

lines naive_registry::empty_topics() const {
  lines listed;
  for (auto const& [name, topic] : topics_) {
    if (auto const since = topic.empty_since.find(""); since != topic.empty_since.end()) {
      listed.push_back(empty_topic_line(name, since->second));
    }
  }
  return listed;
}

}  // namespace nsqlookupd::test_support
