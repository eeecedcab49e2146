// SPDX-License-Identifier: MIT
//
// How the registration_db ends, slice by slice, what departed producers and deleted topics had.
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

// A producer with fewer registrations ends them as it leaves.
constexpr std::size_t ended_at_once = 64;

}  // namespace

void registration_db::remove_producer(producer_id id, std::string_view cause) {
  cause_ = cause;
  auto& producer = producers_[id];
  if (producer.known_by != origin::member && has_member_ && has_member_(id)) {
    leave_to_member(producer);
    return;
  }
  forget_unstamped(producer);
  auto const kind = producer.known_by == origin::store ? change_kind::producer_expired
                                                       : change_kind::producer_removed;
  forget_origin(producer);
  producer.connected = false;
  registration_count_ -= producer.registrations.size();
  departed_registrations_ += producer.registrations.size();
  by_key_.erase(by_key_.iterator_to(producer));
  if (producer.activity.is_linked()) {
    by_activity_.erase(by_activity_.iterator_to(producer));
  }
  tell_of_node(kind, nullptr, producer);
  producer.activity_changed = changed_.last;
  if (producer.registrations.size() < ended_at_once) {
    auto budget = ended_at_once;
    reclaim_from(producer, budget);
    dispose(producer);
  } else {
    changed_.unnamed = changed_.last;
    departure_causes_.emplace(id, cause);
    departed_.push_back(producer);
  }
}

bool registration_db::reclaim(std::size_t budget) {
  while (!unstamped_.empty()) {
    if (!stamp_topics(*unstamped_.back(), budget)) {
      return true;
    }
    unstamped_.pop_back();
  }
  while (!departed_.empty()) {
    auto& first = *departed_.begin();
    auto const cause = departure_causes_.find(first.id);
    cause_ = cause->second;
    if (!reclaim_from(first, budget)) {
      return true;
    }
    departure_causes_.erase(cause);
    departed_.erase(departed_.begin());
    dispose(first);
  }
  while (!deleted_topics_.empty()) {
    auto const first = deleted_topics_.begin();
    if (!reclaim_from(*first, budget)) {
      return true;
    }
    records_.erase(first->id);
    deleted_topics_.erase_and_dispose(first, std::default_delete<topic_record>{});
  }
  return false;
}

bool registration_db::reclaim_from(producer_record& producer, std::size_t& budget) {
  while (!producer.registrations.empty()) {
    if (!spend(budget)) {
      return false;
    }
    auto& last = producer.registrations.back();
    auto& subject = records_[last.record];
    unlink(producer, last);
    remove_if_spent(subject);
  }
  return spend(budget);
}

void registration_db::dispose(producer_record& producer) {
  producers_.erase(producer.id);
  std::default_delete<producer_record>{}(&producer);
}

bool registration_db::reclaim_from(topic_record& topic, std::size_t& budget) {
  auto const empty = [&, this](record& subject) {
    while (!subject.producers.empty()) {
      if (!spend(budget)) {
        return false;
      }
      auto& producer = producers_[subject.producers.back()];
      tell_of_lost({&producer.id, 1});
      erase(producer, *producer.registrations.find(subject.id));
    }
    return spend(budget);
  };
  while (!topic.channels.empty()) {
    auto& channel = *topic.channels.begin();
    if (!empty(channel)) {
      return false;
    }
    remove_channel(channel);
  }
  return empty(topic);
}

}  // namespace nsqlookupd::registry
