// SPDX-License-Identifier: MIT
//
// How the registration_db tells of its changes, and stamps what shows them.
#include <nsqlookupd/registry/registration_db.hpp>

#include <utility>

namespace nsqlookupd::registry {
namespace {

// So many topics are stamped at once; those of a producer that has more, slice by slice.
constexpr std::size_t stamped_at_once = 512;

std::shared_ptr<peer_info const> const no_peer;

}  // namespace

void registration_db::tell(change_kind kind, record const* subject,
                           producer_record const* producer) {
  change made;
  made.revision = ++changed_.last;
  made.time = now_;
  made.kind = kind;
  made.cause = cause_;
  if (subject != nullptr) {
    made.topic = subject->owner == nullptr ? subject->name : subject->owner->name;
    made.channel = subject->owner == nullptr ? std::string_view{} : subject->name;
  }
  if (producer != nullptr) {
    made.producer = producer->peer.get();
    made.id = producer->id;
  }
  journal_.add(made, producer == nullptr ? no_peer : producer->peer);
  for (auto* const listener : listeners_) {
    listener->on_change(made);
  }
}

void registration_db::tell_of_node(change_kind kind, record const* subject,
                                   producer_record& producer) {
  tell(kind, subject, &producer);
  changed_.nodes = producer.changed = changed_.last;
}

void registration_db::stamp_lookup(topic_record& topic) {
  topic.lookup_changed = changed_.last;
  for (auto* const listener : listeners_) {
    listener->on_lookup_changed(topic.name);
  }
}

void registration_db::tell_of_lost(std::span<producer_id const> producers) {
  if (producers.empty()) {
    return;
  }
  for (auto* const listener : listeners_) {
    listener->on_registrations_lost(producers);
  }
}

void registration_db::tell_of_activity(change_kind kind, producer_record& producer) {
  forget_unstamped(producer);
  tell_of_node(kind, nullptr, producer);
  producer.activity_changed = changed_.unnamed = changed_.last;
  producer.unstamped = static_cast<std::uint32_t>(producer.registrations.size());
  auto budget = stamped_at_once;
  if (!stamp_topics(producer, budget)) {
    unstamped_.push_back(&producer);
  }
}

// Each topic gets a revision of its own: a client that watches several goes on behind one index.
// Until then it has that of the change, as all others that wait.
//
// From the last to the first: when a registration is erased, the last one takes its index, which
// then is stamped twice at most.
bool registration_db::stamp_topics(producer_record& producer, std::size_t& budget) {
  auto const& registrations = producer.registrations;
  auto left = std::min<std::size_t>(producer.unstamped, registrations.size());
  for (; left > 0 && budget > 0; --left, --budget) {
    auto& subject = records_[registrations[left - 1].record];
    if (subject.owner == nullptr) {
      changed_.unnamed = ++changed_.last;
      stamp_lookup(static_cast<topic_record&>(subject));
    }
  }
  producer.unstamped = static_cast<std::uint32_t>(left);
  return left == 0;
}

void registration_db::forget_unstamped(producer_record& producer) {
  if (std::exchange(producer.unstamped, 0) != 0) {
    std::erase(unstamped_, &producer);
  }
}

}  // namespace nsqlookupd::registry
