// SPDX-License-Identifier: MIT
#include <nsqlookupd/cluster/shared_registry.hpp>

#include <limits>
#include <utility>

namespace nsqlookupd::cluster {
namespace {

using registry::registration_db;

bool delete_from(registration_db& db, name_news const& told) {
  return told.channel.empty() ? db.delete_topic(told.topic, told.cause)
                              : db.delete_channel(told.topic, told.channel, told.cause);
}

}  // namespace

void shared_registry::follow(registration_db& db) {
  db.follow(own_);
  others_.follow(db);
  registry::producer_position at;
  auto budget = std::numeric_limits<std::size_t>::max();
  static_cast<void>(db.list_producers(at, budget, [this](registry::listed_producer const& one) {
    own_.note(one.id);
    others_.note(one);
  }));
}

bool shared_registry::apply(registration_db& db, std::deque<news>& told, std::size_t budget,
                            registry::time_point now) {
  now_ = now;
  static_cast<void>(db.advance(now, budget));
  own_.apply_others(true);
  for (; budget > 0 && !told.empty(); --budget) {
    std::visit([&](auto& each) { apply(db, each); }, told.front());
    told.pop_front();
  }
  bool const is_left = budget == 0 || others_.reconcile(db, budget);
  own_.apply_others(false);
  return is_left;
}

void shared_registry::apply(registration_db& /*db*/, producer_news& told) {
  others_.add(std::move(told));
}

void shared_registry::apply(registration_db& db, name_news& told) {
  own_.seen(told.revision);
  if (told.is_repeated && !own_.are_names_known()) {
    return;
  }
  switch (told.happened) {
    case name_news::event::added:
      others_.set_known(told.topic, told.channel);
      if (told.channel.empty()) {
        db.create_topic(told.topic, told.cause);
      } else {
        db.create_channel(told.topic, told.channel, told.cause);
      }
      break;
    case name_news::event::removed:
      remove_name(db, told);
      break;
    case name_news::event::deleted:
      delete_name(db, told);
      break;
  }
}

// One that has a producer again is there for all.
void shared_registry::remove_name(registration_db& db, name_news const& told) {
  if (own_.is_fresh(told.topic, told.channel) || db.is_registered(told.topic, told.channel)) {
    own_.add_again(told.topic, told.channel);
  } else {
    delete_from(db, told);
  }
}

void shared_registry::delete_name(registration_db& db, name_news const& told) {
  if (!own_.is_fresh(told.topic, told.channel)) {
    if (!delete_from(db, told)) {
      others_.forget(told.topic, told.channel);
    }
    return;
  }
  // Others have deleted it with its channels, and under the producers that are here, too.
  own_.add_again(told.topic, told.channel);
  if (told.channel.empty()) {
    std::string at;
    auto budget = std::numeric_limits<std::size_t>::max();
    static_cast<void>(db.list_channels(told.topic, at, budget, [&](std::string_view channel) {
      own_.add_again(told.topic, channel);
    }));
  }
  registry::producer_position at;
  auto budget = std::numeric_limits<std::size_t>::max();
  static_cast<void>(
      db.list_registered(told.topic, told.channel, at, budget,
                         [this](registry::listed_producer const& one) { own_.note(one.id); }));
}

bool shared_registry::list_unused(registration_db const& db, registry::registration_name& at,
                                  std::size_t budget, std::vector<name_pair>& unused) {
  for (; budget > 0 && db.next_registration(at); --budget) {
    if (!db.is_registered(at.topic, at.channel)) {
      unused.emplace_back(at.topic, at.channel);
    }
  }
  return budget == 0;
}

void shared_registry::apply(registration_db& db, tombstone_news& told) {
  if (told.has_ended) {
    others_.revive(told.topic, told.address);
    return;
  }
  own_.note_request(told.topic, told.address, now_);
  db.tombstone(told.topic, told.address, now_, told.cause);
}

}  // namespace nsqlookupd::cluster
