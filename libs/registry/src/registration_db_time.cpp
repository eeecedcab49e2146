// SPDX-License-Identifier: MIT
//
// The changes that time causes.
#include <nsqlookupd/registry/registration_db.hpp>

#include <utility>

namespace nsqlookupd::registry {
namespace {

// A producer is active up to and with its last moment.
constexpr std::chrono::nanoseconds one_moment{1};

// Changes that time has made due, before a PING counts.
constexpr std::size_t changes_at_a_time = 1024;

// The moment of the first in a set that moments order; the latest that there is when it is empty.
time_point first_of(auto const& moments) noexcept {
  return moments.empty() ? time_point::max() : std::get<time_point>(*moments.begin());
}

}  // namespace

time_point registration_db::ping(producer_id id, time_point now) {
  static_cast<void>(advance(now, changes_at_a_time));
  cause_ = "PING";
  auto& producer = producers_[id];
  auto const before = std::exchange(producer.last_update, now_);
  if (lifetimes_.inactive_producer_timeout.count() <= 0) {
    return before;
  }
  if (std::exchange(producer.silent, false)) {
    tell_of_activity(change_kind::producer_back, producer);
  } else {
    by_activity_.erase(by_activity_.iterator_to(producer));
  }
  by_activity_.push_back(producer);
  return before;
}

time_point registration_db::next_silence() const noexcept {
  return by_activity_.empty() ? time_point::max() : silence_of(by_activity_.front());
}

time_point registration_db::silence_of(producer_record const& producer) const noexcept {
  return later(
      producer.last_update,
      later(time_point{lifetimes_.inactive_producer_timeout}, one_moment).time_since_epoch());
}

time_point registration_db::next_due() const noexcept {
  auto const end_of_grace = restored_.empty() ? time_point::max() : back_until_;
  return std::min({next_silence(), first_of(tombstone_ends_), first_of(removals_),
                   first_of(adopted_), end_of_grace});
}

bool registration_db::make_due_changes(std::size_t budget) {
  auto const until = now_;
  // Each takes effect at its own moment.
  for (; budget > 0 && next_due() <= until; --budget) {
    now_ = next_due();
    cause_ = time_passed;
    if (now_ == next_silence()) {
      fall_silent(by_activity_.front());
    } else if (now_ == first_of(tombstone_ends_)) {
      end_tombstone();
    } else if (now_ == first_of(removals_)) {
      remove_empty();
    } else {
      end_not_back(budget);
    }
  }
  now_ = until;
  return next_due() <= until;
}

void registration_db::fall_silent(producer_record& producer) {
  by_activity_.pop_front();
  producer.silent = true;
  tell_of_activity(change_kind::producer_silent, producer);
}

void registration_db::end_tombstone() {
  auto const [end, topic, producer] = *tombstone_ends_.begin();
  tombstone_ends_.erase(tombstone_ends_.begin());
  tombstones_.find({topic, producer})->second.hides = false;
  auto& subject = static_cast<topic_record&>(records_[topic]);
  // The producer may have left, and the topic may be deleted, but not be reclaimed yet.
  if (!subject.deleted && producers_[producer].connected) {
    tell_of_node(change_kind::tombstone_ended, &subject, producers_[producer]);
    stamp_lookup(subject);
  }
}

void registration_db::remove_empty() {
  auto& subject = records_[removals_.begin()->second];
  if (subject.owner == nullptr) {
    remove_topic(static_cast<topic_record&>(subject));
  } else {
    remove_channel(subject);
  }
}

// Channels are of interest only where they are removed for it.
bool registration_db::is_noted(record const& subject) const noexcept {
  return subject.owner == nullptr || lifetimes_.empty_topic_ttl.count() > 0;
}

void registration_db::note_empty(record& subject, time_point since) {
  auto const& topic =
      subject.owner == nullptr ? static_cast<topic_record const&>(subject) : *subject.owner;
  if (!is_noted(subject) || topic.deleted) {
    return;
  }
  empty_since_.emplace(subject.id, since);
  empty_topic_count_ += subject.owner == nullptr ? 1 : 0;
  if (lifetimes_.empty_topic_ttl.count() > 0) {
    removals_.emplace(later(since, lifetimes_.empty_topic_ttl), subject.id);
  }
}

void registration_db::note_used(record& subject) {
  auto const found = is_noted(subject) ? empty_since_.find(subject.id) : empty_since_.end();
  if (found == empty_since_.end()) {
    return;
  }
  empty_topic_count_ -= subject.owner == nullptr ? 1 : 0;
  if (lifetimes_.empty_topic_ttl.count() > 0) {
    removals_.erase({later(found->second, lifetimes_.empty_topic_ttl), subject.id});
  }
  empty_since_.erase(found);
}

tombstone const* registration_db::find_tombstone(topic_record const& topic,
                                                 producer_record const& producer) const {
  // Mostly there are none, and listings ask once for each topic of each producer.
  auto const found =
      tombstones_.empty() ? tombstones_.end() : tombstones_.find({topic.id, producer.id});
  return found == tombstones_.end() ? nullptr : &found->second;
}

void registration_db::set_tombstone(topic_record& topic, producer_record& producer,
                                    time_point set_at) {
  erase_tombstone(topic, producer);
  insert_tombstone(topic, producer, {set_at});
  tell_of_node(change_kind::tombstoned, &topic, producer);
  stamp_lookup(topic);
}

void registration_db::insert_tombstone(record const& topic, producer_record const& producer,
                                       registry::tombstone set) {
  tombstones_.emplace(std::pair{topic.id, producer.id}, set);
  if (set.hides) {
    tombstone_ends_.emplace(later(set.set_at, lifetimes_.tombstone_lifetime), topic.id,
                            producer.id);
  }
}

void registration_db::erase_tombstone(record const& topic, producer_record const& producer) {
  auto const found = tombstones_.find({topic.id, producer.id});
  if (found == tombstones_.end()) {
    return;
  }
  if (found->second.hides) {
    tombstone_ends_.erase(
        {later(found->second.set_at, lifetimes_.tombstone_lifetime), topic.id, producer.id});
  }
  tombstones_.erase(found);
}

}  // namespace nsqlookupd::registry
