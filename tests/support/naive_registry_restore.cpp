// SPDX-License-Identifier: MIT
//
// A restart: all that is known before it and after it.
#include "naive_registry.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace nsqlookupd::test_support {

using namespace registry;

stored_registry naive_registry::store(time_point now) const {
  stored_registry stored;
  for (auto const& [name, topic] : topics_) {
    stored.topics[name] = topic.channels;
  }
  for (auto const& [member, producer] : producers_) {
    if (!is_active(producer, now)) {
      continue;
    }
    stored_producer known{.peer = producer.peer,
                          .last_seen = producer.last_update,
                          .registrations = {},
                          .tombstones = {}};
    for (auto const& each : entries_) {
      if (each.member != member) {
        continue;
      }
      known.registrations.push_back({each.topic, each.channel});
      if (is_hidden(each, now)) {
        known.tombstones[each.topic] = *each.tombstoned_at;
      }
    }
    std::ranges::sort(known.registrations, {}, [](registration_name const& name) {
      return std::tie(name.topic, name.channel);
    });
    stored.producers.push_back(std::move(known));
  }
  std::ranges::sort(stored.producers, {}, &stored_producer::last_seen);
  return stored;
}

void naive_registry::restore_producer(producer_id id, peer_info peer, time_point last_seen) {
  if (!serials_.emplace(id, ++last_serial_).second) {
    throw std::logic_error("a producer_id was given twice");
  }
  producers_[last_serial_] = {id, std::move(peer), last_seen, true};
}

void naive_registry::renumber(std::map<producer_id, producer_id> const& ids) {
  serials_.clear();
  for (auto& [member, producer] : producers_) {
    producer.id = ids.at(producer.id);
    serials_.emplace(producer.id, member);
  }
}

void naive_registry::restore_tombstone(producer_id id, std::string const& topic,
                                       time_point set_at) {
  if (auto* const registered = find(serials_.at(id), topic, "")) {
    registered->tombstoned_at = set_at;
  }
}

std::size_t naive_registry::restored_producers() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(producers_, [](auto const& each) { return each.second.restored; }));
}

std::optional<naive_registry::serial> naive_registry::find_restored(peer_info const& peer) const {
  auto const identity = [](peer_info const& of) {
    return std::tie(of.hostname, of.broadcast_address, of.tcp_port, of.http_port);
  };
  std::optional<serial> last;
  for (auto const& [member, producer] : producers_) {
    bool const is_same = producer.restored && identity(producer.peer) == identity(peer);
    auto const is_later = [&] {
      auto const& found = producers_.at(*last);
      return std::tie(found.last_update, found.id) < std::tie(producer.last_update, producer.id);
    };
    if (is_same && (!last || is_later())) {
      last = member;
    }
  }
  return last;
}

// A connection registers it again.
bool naive_registry::confirm(entry& registration) const {
  return !producers_.at(registration.member).restored &&
         std::exchange(registration.unconfirmed, false);
}

// Limits count only these.
bool naive_registry::is_own(entry const& registration) const {
  return !registration.unconfirmed || producers_.at(registration.member).restored;
}

void naive_registry::end_not_back() {
  std::vector<producer_id> lost;
  for (auto const& [id, member] : serials_) {
    if (producers_.at(member).restored) {
      lost.push_back(id);
    }
  }
  for (auto const id : lost) {
    remove_producer(id);
  }
  auto const before = entries_;
  std::erase_if(entries_, &entry::unconfirmed);
  for (auto const& each : before) {
    if (each.unconfirmed) {
      drop_if_spent(each.topic, each.channel);
    }
  }
}

}  // namespace nsqlookupd::test_support
