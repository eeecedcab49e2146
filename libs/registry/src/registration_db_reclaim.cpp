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

void report(producer_record const& producer, record const& subject,
            lost_registration_sink const& lost) {
  auto const& from = producer.peer.remote_address;
  auto const* const topic = subject.owner;
  if (topic != nullptr && !topic->deleted) {
    lost({from, "channel", topic->name, subject.name});
  } else if (topic == nullptr && !static_cast<topic_record const&>(subject).deleted) {
    lost({from, "topic", subject.name, {}});
  }
}

}  // namespace

void registration_db::remove_producer(producer_id id) {
  auto& producer = producers_[id];
  producer.connected = false;
  registration_count_ -= producer.registrations.size();
  departed_registrations_ += producer.registrations.size();
  by_key_.erase(by_key_.iterator_to(producer));
  departed_.push_back(producer);
  activity_changed();
}

bool registration_db::reclaim(std::size_t budget, lost_registration_sink const& lost) {
  while (!departed_.empty()) {
    auto const first = departed_.begin();
    if (!reclaim_from(*first, budget, lost)) {
      return true;
    }
    producers_.erase(first->id);
    departed_.erase_and_dispose(first, std::default_delete<producer_record>{});
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

bool registration_db::reclaim_from(producer_record& producer, std::size_t& budget,
                                   lost_registration_sink const& lost) {
  while (!producer.registrations.empty()) {
    if (!spend(budget)) {
      return false;
    }
    auto& last = producer.registrations.back();
    auto& subject = records_[last.record];
    if (lost) {
      report(producer, subject, lost);
    }
    unlink(producer, last);
    remove_if_spent(subject);
  }
  if (!spend(budget)) {
    return false;
  }
  if (lost) {
    lost({producer.peer.remote_address, "client", {}, {}});
  }
  return true;
}

bool registration_db::reclaim_from(topic_record& topic, std::size_t& budget) {
  auto const empty = [&, this](record& subject) {
    while (!subject.producers.empty()) {
      if (!spend(budget)) {
        return false;
      }
      unlink(producers_[subject.producers.back()], subject);
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
