// SPDX-License-Identifier: MIT
//
// The records of the registration_db, and what links producers with topics and channels.
#include <nsqlookupd/registry/registration_db.hpp>

#include <memory>
#include <utility>

namespace nsqlookupd::registry {

// The end is the hint for each insertion: after a hand-over everything comes in order.

producer_record& registration_db::insert_producer(std::shared_ptr<peer_info const> peer,
                                                  time_point last_update) {
  auto fresh = std::make_unique<producer_record>();
  fresh->peer = std::move(peer);
  fresh->last_update = last_update;
  fresh->id = producers_.insert(*fresh);
  fresh->silent = lifetimes_.inactive_producer_timeout.count() <= 0;
  by_key_.insert(by_key_.end(), *fresh);
  if (!fresh->silent) {
    by_activity_.push_back(*fresh);
  }
  return *fresh.release();
}

topic_record& registration_db::insert_topic(std::string_view name) {
  auto topic = std::make_unique<topic_record>(name);
  topic_index_.insert(topic.get());
  topics_.insert(topics_.end(), *topic);
  topic->id = records_.insert(*topic);
  return *topic.release();
}

record& registration_db::insert_channel(topic_record& topic, std::string_view name) {
  auto channel = std::make_unique<record>(name, &topic);
  topic.channels.insert(topic.channels.end(), *channel);
  channel->id = records_.insert(*channel);
  ++channel_count_;
  return *channel.release();
}

registration* registration_db::insert_link(producer_record& producer, record& subject,
                                           registration const* topic) {
  auto const position = static_cast<std::uint32_t>(subject.producers.size());
  subject.producers.push_back(producer.id);
  ++registration_count_;
  return producer.registrations.insert(subject.id, position, topic);
}

link_result registration_db::link(producer_record& producer, record& subject,
                                  registration const* topic) {
  if (auto* const linked = producer.registrations.find(subject.id)) {
    return {.linked = linked,
            .added = producer.known_by == origin::connection && confirm(producer, *linked)};
  }
  bool const was_empty = subject.producers.empty();
  if (was_empty) {
    note_used(subject);
  }
  auto* const linked = insert_link(producer, subject, topic);
  if (subject.owner == nullptr) {
    producer.sorted_topics.clear();
    tell_of_node(change_kind::registered, &subject, producer);
    changed_.empty_topics = was_empty ? changed_.last : changed_.empty_topics;
    stamp_lookup(static_cast<topic_record&>(subject));
  } else {
    tell(change_kind::registered, &subject, &producer);
  }
  if (producer.known_by != origin::connection) {
    linked->unconfirmed = 1;
    ++producer.unconfirmed;
  }
  return {.linked = linked, .added = true};
}

bool registration_db::unlink(producer_record& producer, record& subject) {
  auto* const linked = producer.registrations.find(subject.id);
  if (linked == nullptr) {
    return false;
  }
  unlink(producer, *linked);
  return true;
}

void registration_db::unlink(producer_record& producer, registration& linked) {
  auto& subject = records_[linked.record];
  auto* const owner = subject.owner;
  erase(producer, linked);
  if (owner != nullptr) {
    if (!owner->deleted) {
      tell(change_kind::unregistered, &subject, &producer);
    }
  } else if (auto& topic = static_cast<topic_record&>(subject); !topic.deleted) {
    if (producer.connected) {
      tell_of_node(change_kind::unregistered, &topic, producer);
    } else {
      tell(change_kind::unregistered, &topic, &producer);
    }
    changed_.empty_topics = topic.producers.empty() ? changed_.last : changed_.empty_topics;
    stamp_lookup(topic);
  }
}

void registration_db::erase(producer_record& producer, registration& linked) {
  auto& subject = records_[linked.record];
  std::uint32_t const position = linked.position;
  if (linked.unconfirmed != 0) {
    confirm(producer, linked);
  }
  producer.registrations.erase(&linked);
  --(producer.connected ? registration_count_ : departed_registrations_);
  if (auto const last = subject.producers.back(); last != producer.id) {
    subject.producers[position] = last;
    producers_[last].registrations.find(subject.id)->move_to(position);
  }
  pop_back(subject.producers);
  if (subject.producers.empty()) {
    note_empty(subject);
  }
  if (subject.owner == nullptr) {
    erase_tombstone(subject, producer);
    producer.sorted_topics.clear();
  }
}

}  // namespace nsqlookupd::registry
