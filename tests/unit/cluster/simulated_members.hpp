// SPDX-License-Identifier: MIT
//
// Members of a cluster whose etcd is a map.
#pragma once

#include <nsqlookupd/cluster/known_keys.hpp>
#include <nsqlookupd/cluster/shared_registry.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::cluster {

inline constexpr registry::time_point now{std::chrono::seconds{1000}};

/// Keys with their values, and all that happened to them.
class map_of_keys {
 public:
  std::int64_t commit(std::vector<etcd::operation> const& operations) {
    ++revision_;
    for (auto const& each : operations) {
      if (each.kind == etcd::operation::type::put) {
        etcd::key_value const entry{each.key, each.value, revision_, revision_, each.lease};
        keys_[each.key] = entry;
        events_.push_back({false, entry});
        continue;
      }
      auto const begin = keys_.lower_bound(each.key);
      auto const end = each.end.empty() ? keys_.upper_bound(each.key) : keys_.lower_bound(each.end);
      for (auto next = begin; next != end; next = keys_.erase(next)) {
        events_.push_back({true, {.key = next->first, .value = {}, .mod_revision = revision_}});
      }
    }
    return revision_;
  }

  void expire(std::int64_t lease) {
    std::vector<etcd::operation> gone;
    for (auto const& [key, entry] : keys_) {
      if (entry.lease == lease) {
        gone.push_back(etcd::operation::remove(key));
      }
    }
    commit(gone);
  }

  [[nodiscard]] std::vector<etcd::event> const& events() const { return events_; }
  [[nodiscard]] std::map<std::string, etcd::key_value> const& keys() const { return keys_; }

 private:
  std::int64_t revision_ = 1;
  std::map<std::string, etcd::key_value> keys_;
  std::vector<etcd::event> events_;
};

class member {
 public:
  member(map_of_keys& etcd, std::string name, std::int64_t lease)
      : etcd_{etcd},
        lease_{lease},
        known_{key_space{"nsq"}, std::move(name), std::chrono::seconds{30}} {
    shared_.follow(db);
    live(lease);
    read();
  }

  registry::registration_db db{{.inactive_producer_timeout = std::chrono::hours{24},
                                .takeover_grace = std::chrono::seconds{1}}};

  void live(std::int64_t lease) {
    lease_ = lease;
    known_.begin_life(lease);
    known_.carry_over(unsent_, 1);
    shared_.own().begin_anew();
  }

  // As after a compaction.
  void read() {
    known_.begin_reading();
    for (auto const& [key, entry] : etcd_.keys()) {
      known_.put(entry, now, true);
    }
    known_.end_reading();
    known_.end_unread();
    at_ = etcd_.events().size();
    apply();
    shared_.end_of_reading();
    apply();
  }

  // False when there is nothing. All events of a revision come together.
  bool hear() {
    auto const& events = etcd_.events();
    if (at_ == events.size()) {
      return false;
    }
    auto const told_at = events[at_].entry.mod_revision;
    for (; at_ < events.size() && events[at_].entry.mod_revision == told_at; ++at_) {
      auto const& entry = events[at_].entry;
      if (events[at_].is_removal) {
        known_.remove(entry.key, entry.mod_revision);
      } else {
        known_.put(entry, now, false);
      }
    }
    apply();
    return true;
  }

  // Collects changes, or tells others of those that were collected. False when there are none.
  bool tell() {
    if (!unsent_.empty()) {
      shared_.own().committed(revision_, etcd_.commit(unsent_));
      unsent_.clear();
      return true;
    }
    outgoing changes;
    while (!shared_.own().collect(db, 3, changes)) {
    }
    revision_ = changes.revision;
    unsent_ = known_.write(changes, {lease_, 1}, now);
    if (unsent_.empty()) {
      shared_.own().committed(revision_, 0);
    }
    return !unsent_.empty() || !changes.is_complete;
  }

  // As at each renewal of the lease, when that was heard.
  void compare() {
    auto const revision = etcd_.commit({});
    while (hear()) {
    }
    if (!unsent_.empty()) {
      return;
    }
    known_.repeat_names(revision);
    apply();
    std::vector<name_pair> unused;
    registry::registration_name at;
    while (shared_registry::list_unused(db, at, 3, unused)) {
    }
    known_.end_unused(unused, revision);
    apply();
  }

  void settle() { reclaim(); }

 private:
  void apply() {
    auto told = known_.take_news();
    while (shared_.apply(db, told, 3, now)) {
      reclaim();
    }
    reclaim();
  }
  void reclaim() {
    while (db.reclaim(1000)) {
    }
  }

  map_of_keys& etcd_;
  std::int64_t lease_;
  known_keys known_;
  shared_registry shared_{[] {}};
  std::size_t at_ = 0;
  std::uint64_t revision_ = 0;
  std::vector<etcd::operation> unsent_;
};

}  // namespace nsqlookupd::cluster
