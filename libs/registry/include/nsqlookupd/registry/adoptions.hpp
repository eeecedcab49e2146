// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/peer_info.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace nsqlookupd::registry {

/// Producers that connections have taken over, and that have registrations which are not confirmed.
/// Each has a grace of its own. Part of the registration_db, and used on its strand.
class adoptions {
 public:
  void add(producer_id id, time_point until) {
    all_.emplace(id, adoption{until, std::numeric_limits<std::uint32_t>::max()});
    ends_.emplace(until, id);
  }

  /// Nothing happens when there is none.
  void remove(producer_id id) {
    if (auto const found = all_.find(id); found != all_.end()) {
      ends_.erase({found->second.until, id});
      all_.erase(found);
    }
  }

  /// All graces that end at `from` end at `until` instead.
  void move(time_point from, time_point until) {
    for (auto& [id, each] : all_) {
      if (each.until == from) {
        ends_.erase({from, id});
        each.until = until;
        ends_.emplace(until, id);
      }
    }
  }

  /// The end of a producer's grace; nothing when there is none.
  [[nodiscard]] std::optional<time_point> end_of(producer_id id) const {
    auto const found = all_.find(id);
    return found == all_.end() ? std::nullopt : std::optional{found->second.until};
  }

  /// When the next grace ends; the latest moment that there is when there is none.
  [[nodiscard]] time_point next() const noexcept {
    return ends_.empty() ? time_point::max() : ends_.begin()->first;
  }

  /// The producer whose grace ends next, and how many of its registrations are left to look at,
  /// from the last to the first. There must be one.
  [[nodiscard]] std::pair<producer_id, std::uint32_t&> first() {
    auto const id = ends_.begin()->second;
    return {id, all_.find(id)->second.unseen};
  }

 private:
  struct adoption {
    time_point until;
    std::uint32_t unseen;
  };

  std::map<producer_id, adoption> all_;
  std::set<std::pair<time_point, producer_id>> ends_;
};

}  // namespace nsqlookupd::registry
