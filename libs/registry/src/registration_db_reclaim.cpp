// SPDX-License-Identifier: MIT
//
// How the registration_db gives back, slice by slice, what departed producers and deleted topics
// held.
#include <nsqlookupd/registry/registration_db.hpp>

#include <memory>

namespace nsqlookupd::registry {
namespace {

bool spend(std::size_t& budget) noexcept {
  if (budget == 0) {
    return false;
  }
  --budget;
  return true;
}

void report(producer const& who, registration const& place, lost_registration_sink const& lost) {
  auto const& from = who.peer.remote_address;
  auto const* const owner = place.owner;
  if (owner != nullptr && !owner->deleted) {
    lost({from, "channel", owner->name, place.name});
  } else if (owner == nullptr && !static_cast<topic const&>(place).deleted) {
    lost({from, "topic", place.name, {}});
  }
}

}  // namespace

void registration_db::remove_producer(producer_id id) {
  auto& who = at(id);
  who.connected = false;
  registration_count_ -= who.registrations.size();
  departed_registrations_ += who.registrations.size();
  by_key_.erase(by_key_.iterator_to(who));
  departed_.push_back(who);
  ++nodes_version_;
}

bool registration_db::reclaim(std::size_t budget, lost_registration_sink const& lost) {
  while (!departed_.empty()) {
    auto const first = departed_.begin();
    if (!reclaim_from(*first, budget, lost)) {
      return true;
    }
    producers_.erase(first->id);
    departed_.erase_and_dispose(first, std::default_delete<producer>{});
  }
  while (!deleted_topics_.empty()) {
    auto const first = deleted_topics_.begin();
    if (!reclaim_from(*first, budget)) {
      return true;
    }
    registrations_.erase(first->id);
    deleted_topics_.erase_and_dispose(first, std::default_delete<topic>{});
  }
  return false;
}

bool registration_db::reclaim_from(producer& who, std::size_t& budget,
                                   lost_registration_sink const& lost) {
  while (!who.registrations.empty()) {
    if (!spend(budget)) {
      return false;
    }
    auto& place = registrations_[who.registrations.back().where];
    if (lost) {
      report(who, place, lost);
    }
    unlist(who, place, who.registrations.pop_back().position);
    drop_if_spent(place);
  }
  if (!spend(budget)) {
    return false;
  }
  if (lost) {
    lost({who.peer.remote_address, "client", {}, {}});
  }
  return true;
}

bool registration_db::reclaim_from(topic& place, std::size_t& budget) {
  auto const empty = [&, this](registration& where) {
    while (!where.producers.empty()) {
      if (!spend(budget)) {
        return false;
      }
      unlink(at(where.producers.back()), where);
    }
    return spend(budget);
  };
  while (!place.channels.empty()) {
    auto& room = *place.channels.begin();
    if (!empty(room)) {
      return false;
    }
    drop(room);
  }
  return empty(place);
}

}  // namespace nsqlookupd::registry
