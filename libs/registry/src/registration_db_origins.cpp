// SPDX-License-Identifier: MIT
//
// Producers without a connection here: how those of before a restart come back to the
// registration_db, how those of other members are told of, how connections take over both, and how
// the rest ends.
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

// Its member says when it is silent: this one would hear no PING of it.
void registration_db::never_falls_silent(producer_record& producer, bool is_silent) {
  if (producer.activity.is_linked()) {
    by_activity_.erase(by_activity_.iterator_to(producer));
  }
  producer.silent = is_silent || lifetimes_.inactive_producer_timeout.count() <= 0;
}

producer_id registration_db::add_member_producer(member_producer said, std::string_view cause) {
  cause_ = cause;
  auto peer = std::make_shared<peer_info const>(std::move(said.peer));
  auto& fresh = insert_producer(std::move(peer), said.last_update);
  never_falls_silent(fresh, said.is_silent);
  fresh.known_by = origin::member;
  of_members_.insert(identity_of(fresh));
  tell_of_node(change_kind::producer_added, nullptr, fresh);
  return fresh.id;
}

void registration_db::update_member_producer(producer_id id, member_producer said,
                                             std::string_view cause) {
  cause_ = cause;
  auto& producer = producers_[id];
  bool const was_silent = producer.silent;
  bool const is_same = said.peer == *producer.peer;
  of_members_.erase(identity_of(producer));
  if (!is_same) {
    producer.peer = std::make_shared<peer_info const>(std::move(said.peer));
  }
  producer.last_update = said.last_update;
  of_members_.insert(identity_of(producer));
  never_falls_silent(producer, said.is_silent);
  if (producer.silent != was_silent) {
    tell_of_activity(producer.silent ? change_kind::producer_silent : change_kind::producer_back,
                     producer);
  } else if (!is_same) {
    tell_of_activity(change_kind::producer_added, producer);
  }
}

void registration_db::expect_back_until(time_point until) {
  auto const before = std::exchange(back_until_, until);
  auto next = adopted_.lower_bound({before, producer_id{}});
  while (next != adopted_.end() && next->first == before) {
    auto moved = adopted_.extract(next++);
    producers_[moved.value().second].confirm_until = moved.value().first = until;
    adopted_.insert(std::move(moved));
  }
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
  found.confirm_until =
      found.known_by == origin::store ? back_until_ : later(now_, lifetimes_.takeover_grace);
  forget_origin(found);
  if (found.unconfirmed != 0) {
    adopted_.emplace(found.confirm_until, found.id);
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

void registration_db::leave_to_member(producer_record& producer) {
  forget_origin(producer);
  producer.known_by = origin::member;
  of_members_.insert(identity_of(producer));
  never_falls_silent(producer, producer.silent);
  producer.registrations.set_all_unconfirmed();
  producer.unconfirmed = static_cast<std::uint32_t>(producer.registrations.size());
  tell_of_node(change_kind::producer_added, nullptr, producer);
}

bool registration_db::confirm(producer_record& producer, registration& linked) {
  if (linked.unconfirmed == 0) {
    return false;
  }
  linked.unconfirmed = 0;
  if (--producer.unconfirmed == 0) {
    adopted_.erase({producer.confirm_until, producer.id});
  }
  return true;
}

void registration_db::forget_origin(producer_record& producer) {
  if (producer.known_by != origin::connection) {
    without_connection(producer.known_by).erase(identity_of(producer));
    producer.known_by = origin::connection;
  } else if (producer.unconfirmed != 0) {
    adopted_.erase({producer.confirm_until, producer.id});
  }
}

void registration_db::end_not_back(std::size_t& budget) {
  cause_ = not_back;
  if (!adopted_.empty() && adopted_.begin()->first <= now_) {
    end_unconfirmed(producers_[adopted_.begin()->second], budget);
    return;
  }
  auto const id = std::get<producer_id>(*restored_.begin());
  // It may end its registrations with it.
  budget -= std::min(budget - 1, producers_[id].registrations.size());
  remove_producer(id, not_back);
}

// From the last to the first. When one ends, the last registration takes its index, and that was
// seen before or will be.
void registration_db::end_unconfirmed(producer_record& producer, std::size_t& budget) {
  auto const& all = producer.registrations;
  for (auto unseen = all.size();; --budget) {
    unseen = std::min(unseen, all.size());
    while (all[unseen - 1].unconfirmed == 0) {
      --unseen;
    }
    auto const& found = all[unseen - 1];
    // A producer leaves a topic after the topic's channels, none of which is confirmed either.
    bool const is_topic = records_[found.record].owner == nullptr;
    auto& subject = records_[is_topic ? all.next(&found)->record : found.record];
    unlink(producer, subject);
    remove_if_spent(subject);
    if (producer.unconfirmed == 0 || budget == 1) {
      return;
    }
  }
}

}  // namespace nsqlookupd::registry
