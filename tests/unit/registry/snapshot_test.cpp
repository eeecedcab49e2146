// SPDX-License-Identifier: MIT
//
// A registry that goes on from the snapshot of another: answers, revisions and what time will do
// are the same. The random model does it with every state that there may be.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "recorded_changes.hpp"
#include "registry_listings.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;
using std::chrono::seconds;

class snapshot_test : public testing::Test {
 protected:
  static constexpr lifetimes lasting{.inactive_producer_timeout = seconds{60},
                                     .tombstone_lifetime = seconds{30},
                                     .empty_topic_ttl = seconds{40}};
  std::unique_ptr<registration_db> db = make();

  static std::unique_ptr<registration_db> make(lifetimes how_long = lasting) {
    return std::make_unique<registration_db>(how_long, limits{}, history{.capacity = 100});
  }

  // Returns the ids of the producers after it.
  std::vector<producer_id> hand_over(lifetimes how_long = lasting) {
    auto taken = db->take_snapshot();
    db = make(how_long);
    return db->resume(std::move(taken));
  }

  // Every change that is remembered.
  [[nodiscard]] lines history_lines() const {
    lines all;
    auto since = db->changes().forgotten();
    auto budget = std::numeric_limits<std::size_t>::max();
    db->changes().read(since, budget, [&](change const& made) {
      all.push_back(std::to_string(made.revision) + ' ' + change_line(made) + " by " +
                    std::string{made.cause});
    });
    return all;
  }
};

TEST_F(snapshot_test, nothing_changes_by_it) {
  auto const one = db->add_producer(peer("r1"), at(1));
  db->register_producer(one, "a", "x");
  db->register_producer(one, "a", "y");
  db->register_producer(one, "b", "");
  db->register_producer(db->add_producer(peer("r2", "other"), at(2)), "a", "");
  db->tombstone("a", "host:4151", at(3));
  db->create_channel("empty", "z");
  db->delete_topic("b");
  auto const clients = list_clients(*db);
  auto const registrations = list_registrations(*db);
  auto const nodes = list_nodes(*db, at(4));
  auto const before = history_lines();
  auto const revision = db->revision();
  auto const ids = hand_over();
  EXPECT_EQ(ids.size(), 2U);
  EXPECT_EQ(list_clients(*db), clients);
  EXPECT_EQ(list_registrations(*db), registrations);
  EXPECT_EQ(list_nodes(*db, at(4)), nodes);
  EXPECT_EQ(list_lookup(*db, "a", at(4)), lines{"r2"});
  EXPECT_EQ(list_empty_topics(*db).size(), 1U);
  EXPECT_EQ(history_lines(), before);
  EXPECT_EQ(db->revision(), revision);
}

TEST_F(snapshot_test, nobody_is_told) {
  db->register_producer(db->add_producer(peer("r1"), at(1)), "a", "x");
  auto taken = db->take_snapshot();
  auto const fresh = make();
  recorded_changes told{*fresh};
  fresh->resume(std::move(taken));
  auto const all = told.take_all();
  EXPECT_EQ(all.changes, lines{});
  EXPECT_EQ(all.lookups, lines{});
}

TEST_F(snapshot_test, answers_are_as_old_as_before) {
  db->register_producer(db->add_producer(peer("r1"), at(1)), "a", "x");
  db->create_topic("b");
  db->create_topic("gone");
  db->delete_topic("gone");
  auto const all = [this] {
    return std::vector{
        db->topics_changed(),       db->empty_topics_changed(), db->nodes_changed(),
        db->all_channels_changed(), db->all_lookups_changed(),  db->unnamed_changed(),
        db->unknown_changed(),      db->lookup_changed("a"),    db->lookup_changed("b"),
        db->lookup_changed("gone"), db->lookup_changed("none"), db->channels_changed("a")};
  };
  auto const before = all();
  hand_over();
  EXPECT_EQ(all(), before);
  db->create_topic("gone");
  EXPECT_GT(db->lookup_changed("gone"), before.front());
}

TEST_F(snapshot_test, what_time_does_is_done_in_time) {
  auto const one = db->add_producer(peer("r1"), at(0));
  db->register_producer(one, "a", "");
  db->register_producer(db->add_producer(peer("r2", "other"), at(5)), "a", "");
  db->tombstone("a", "host:4151", at(10));
  db->create_topic("empty");
  hand_over();
  recorded_changes told{*db};
  db->advance(at(39));
  EXPECT_EQ(told.take(), lines{});
  db->advance(at(40));
  EXPECT_EQ(told.take(), lines{"tombstone_ended a r1"});
  db->advance(at(50));
  EXPECT_EQ(told.take(), lines{"topic_removed empty"});
  db->advance(at(64));
  EXPECT_EQ(told.take(), lines{"producer_silent r1"});
  db->advance(at(66));
  EXPECT_EQ(told.take(), lines{"producer_silent r2"});
}

TEST_F(snapshot_test, other_lifetimes_hold_from_then_on) {
  db->register_producer(db->add_producer(peer("r1"), at(0)), "a", "");
  db->advance(at(61));
  EXPECT_EQ(list_lookup(*db, "a", at(61)), lines{});
  auto longer = lasting;
  longer.inactive_producer_timeout = seconds{90};
  hand_over(longer);
  EXPECT_EQ(list_lookup(*db, "a", at(61)), lines{"r1"});
  EXPECT_EQ(list_lookup(*db, "a", at(91)), lines{});
}

TEST_F(snapshot_test, a_silent_producer_comes_back_by_a_ping) {
  db->register_producer(db->add_producer(peer("r1"), at(0)), "a", "");
  db->advance(at(61));
  auto const ids = hand_over();
  EXPECT_EQ(list_lookup(*db, "a", at(62)), lines{});
  db->ping(ids.front(), at(62));
  EXPECT_EQ(list_lookup(*db, "a", at(62)), lines{"r1"});
}

TEST_F(snapshot_test, the_grace_after_a_restart_goes_on) {
  auto const restored = [this](std::string const& remote, std::string const& host) {
    auto const id = db->restore_producer(peer(remote, host), at(0));
    db->register_producer(id, "a", "x", restart);
    db->register_producer(id, "b", "", restart);
  };
  db->advance(at(1));
  restored("r1", "one");
  restored("r2", "two");
  db->expect_back_until(at(30));
  db->register_producer(db->add_producer(peer("r3", "one"), at(2)), "a", "");
  hand_over();
  EXPECT_EQ(db->count_all().restored_producers, 1U);
  recorded_changes told{*db};
  db->advance(at(29));
  EXPECT_EQ(told.take(), lines{});
  db->advance(at(31));
  EXPECT_EQ(list_nodes(*db, at(31)), lines{"r3: a"});
}

TEST_F(snapshot_test, what_is_to_be_reclaimed_is_ended_before) {
  auto const one = db->add_producer(peer("r1"), at(0));
  for (int number = 0; number < 100; ++number) {
    db->register_producer(one, "t" + std::to_string(number), "");
  }
  db->remove_producer(one);
  EXPECT_TRUE(db->has_backlog());
  hand_over();
  EXPECT_FALSE(db->has_backlog());
  EXPECT_EQ(db->count_all().registrations, 0U);
  EXPECT_EQ(db->count_all().empty_topics, 100U);
}

}  // namespace
}  // namespace nsqlookupd::registry
