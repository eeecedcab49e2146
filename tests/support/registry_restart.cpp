// SPDX-License-Identifier: MIT
#include "registry_restart.hpp"

#include "registry_comparison.hpp"

#include <cstddef>
#include <utility>

namespace nsqlookupd::test_support {

using namespace registry;

namespace {

void restore_producer(registration_db& db, naive_registry& model, stored_producer const& stored) {
  auto const id = db.restore_producer(stored.peer, stored.last_seen);
  model.restore_producer(id, stored.peer, stored.last_seen);
  for (auto const& [topic, channel] : stored.registrations) {
    auto const added = db.register_producer(id, topic, channel, registry::restart);
    auto const expected = model.register_producer(id, topic, channel);
    expect_same("restored topic added", added.topic_added, expected.topic_added);
    expect_same("restored channel added", added.channel_added, expected.channel_added);
  }
  for (auto const& [topic, set_at] : stored.tombstones) {
    db.restore_tombstone(id, topic, set_at);
    model.restore_tombstone(id, topic, set_at);
  }
}

}  // namespace

void restore(registration_db& db, naive_registry& model, stored_registry const& stored,
             time_point now, time_point back_until) {
  db.advance(now);
  for (auto const& [topic, channels] : stored.topics) {
    db.create_topic(topic, registry::restart);
    model.create_topic(topic);
    for (auto const& channel : channels) {
      db.create_channel(topic, channel, registry::restart);
      model.create_channel(topic, channel);
    }
  }
  for (auto const& producer : stored.producers) {
    restore_producer(db, model, producer);
  }
  db.expect_back_until(back_until);
  model.expect_back_until(back_until);
  model.settle(now);
}

std::map<producer_id, producer_id> go_on(std::unique_ptr<registration_db>& db,
                                         std::unique_ptr<registration_db> next,
                                         naive_registry& model) {
  auto taken = db->take_snapshot();
  auto const before = taken.producers;
  auto const after = next->resume(std::move(taken));
  db = std::move(next);
  std::map<producer_id, producer_id> ids;
  for (std::size_t index = 0; index < after.size(); ++index) {
    ids[before.at(index).id] = after[index];
  }
  model.renumber(ids);
  return ids;
}

}  // namespace nsqlookupd::test_support
