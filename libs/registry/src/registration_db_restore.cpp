// SPDX-License-Identifier: MIT
//
// A restart that nobody notices: how what was known before comes back to the registration_db, how
// connections take over the restored producers, and how the rest ends.
#include <nsqlookupd/registry/registration_db.hpp>

#include <algorithm>
#include <iterator>
#include <limits>
#include <memory>
#include <utility>

namespace nsqlookupd::registry {
namespace {

producer_identity identity(peer_info const& peer, time_point last_update, producer_id id) noexcept {
  return {peer.hostname, peer.broadcast_address, peer.tcp_port, peer.http_port, last_update, id};
}

// Greater than any.
constexpr producer_id last_id{std::numeric_limits<std::uint32_t>::max()};

}  // namespace

producer_identity registration_db::identity_of(producer_record const& producer) noexcept {
  return identity(*producer.peer, producer.last_update, producer.id);
}

producer_id registration_db::restore_producer(peer_info peer, time_point last_seen) {
  cause_ = restart;
  // The clock may have been set back meanwhile.
  auto seen = std::min(last_seen, now_);
  if (!by_activity_.empty()) {
    seen = std::max(seen, by_activity_.back().last_update);
  }
  auto& fresh = insert_producer(std::make_shared<peer_info const>(std::move(peer)), seen);
  fresh.known_by = origin::store;
  restored_.insert(identity_of(fresh));
  tell_of_node(change_kind::producer_restored, nullptr, fresh);
  return fresh.id;
}

bool registration_db::restore_tombstone(producer_id id, std::string_view topic_name,
                                        time_point set_at, std::string_view cause) {
  cause_ = cause;
  auto* const topic = find_topic(topic_name);
  auto& producer = producers_[id];
  auto const set = std::min(set_at, now_);
  if (topic == nullptr || producer.registrations.find(topic->id) == nullptr ||
      later(set, lifetimes_.tombstone_lifetime) <= now_) {
    return false;
  }
  set_tombstone(*topic, producer, set);
  return true;
}

// Where two say the same, the connection of one may have broken before the restart: the other,
// which was heard of last, is the one to find.
producer_record* registration_db::find_without_connection(peer_info const& peer) const {
  for (auto const* const all : {&restored_, &of_members_}) {
    auto const behind = all->upper_bound(identity(peer, time_point::max(), last_id));
    if (behind == all->begin()) {
      continue;
    }
    auto const& last = *std::prev(behind);
    auto const id = std::get<producer_id>(last);
    if (identity(peer, std::get<time_point>(last), id) == last) {
      return &producers_[id];
    }
  }
  return nullptr;
}

void registration_db::adopt(producer_record& found, std::shared_ptr<peer_info const> peer) {
  auto const until =
      found.known_by == origin::store ? back_until_ : later(now_, lifetimes_.takeover_grace);
  forget_origin(found);
  if (found.unconfirmed != 0) {
    adopted_.add(found.id, until);
  }
  found.peer = std::move(peer);
  found.last_update = now_;
  if (lifetimes_.inactive_producer_timeout.count() > 0) {
    if (found.activity.is_linked()) {
      by_activity_.erase(by_activity_.iterator_to(found));
    }
    found.silent = false;
    by_activity_.push_back(found);
  }
  tell_of_activity(change_kind::producer_added, found);
}

bool registration_db::confirm(producer_record& producer, registration& linked) {
  if (linked.unconfirmed == 0) {
    return false;
  }
  linked.unconfirmed = 0;
  if (--producer.unconfirmed == 0) {
    adopted_.remove(producer.id);
  }
  return true;
}

void registration_db::forget_origin(producer_record& producer) {
  if (producer.known_by != origin::connection) {
    without_connection(producer.known_by).erase(identity_of(producer));
    producer.known_by = origin::connection;
  } else if (producer.unconfirmed != 0) {
    adopted_.remove(producer.id);
  }
}

void registration_db::end_not_back(std::size_t& budget) {
  cause_ = not_back;
  if (adopted_.next() <= now_) {
    auto const [id, unseen] = adopted_.first();
    end_unconfirmed(producers_[id], unseen);
    return;
  }
  auto const id = std::get<producer_id>(*restored_.begin());
  // It may end its registrations with it.
  budget -= std::min(budget - 1, producers_[id].registrations.size());
  remove_producer(id, not_back);
}

// One at a time. When it ends, the last registration takes its index, and that was seen before or
// will be.
void registration_db::end_unconfirmed(producer_record& producer, std::uint32_t& unseen) {
  auto const& all = producer.registrations;
  unseen = std::min(unseen, static_cast<std::uint32_t>(all.size()));
  while (all[unseen - 1].unconfirmed == 0) {
    --unseen;
  }
  auto const& found = all[unseen - 1];
  // A producer leaves a topic after the topic's channels, none of which is confirmed either.
  bool const is_topic = records_[found.record].owner == nullptr;
  auto& subject = records_[is_topic ? all.next(&found)->record : found.record];
  unlink(producer, subject);
  remove_if_spent(subject);
}

}  // namespace nsqlookupd::registry
