// SPDX-License-Identifier: MIT
//
// Producers that were known before a restart, and have no connection yet.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "recorded_changes.hpp"
#include "registry_listings.hpp"
#include <gtest/gtest.h>

#include <chrono>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr nanoseconds one_nanosecond{1};

class restore_test : public testing::Test {
 protected:
  registration_db db{{.inactive_producer_timeout = seconds{60}, .tombstone_lifetime = seconds{30}}};
  recorded_changes told{db};

  restore_test() { db.advance(at(100)); }

  producer_id restore(peer_info const& said, time_point last_seen, std::string_view topic,
                      std::string_view channel) {
    auto const id = db.restore_producer(said, last_seen);
    db.register_producer(id, topic, channel, registry::restart);
    return id;
  }
};

TEST_F(restore_test, a_producer_is_listed_like_any_other) {
  restore(peer("r1"), at(90), "t", "c");
  db.register_producer(db.add_producer(peer("r2", "other"), at(100)), "t", "");
  EXPECT_EQ(list_lookup(db, "t", at(100)), (lines{"r1", "r2"}));
  EXPECT_EQ(list_lookup(db, "*", at(100)), (lines{"r1", "r2"}));
  EXPECT_EQ(list_nodes(db, at(100)), (lines{"r1: t", "r2: t"}));
  EXPECT_EQ(list_clients(db), (lines{"r1@90000000000", "r2@100000000000"}));
  EXPECT_EQ(list_registrations(db),
            (lines{"t: r1@90000000000 r2@100000000000", "t/c: r1@90000000000"}));
}

TEST_F(restore_test, a_producer_counts) {
  restore(peer("r1"), at(90), "t", "c");
  EXPECT_EQ(db.count_all().producers, 1U);
  EXPECT_EQ(db.count_all().registrations, 2U);
  EXPECT_EQ(db.count_all().empty_topics, 0U);
  EXPECT_EQ(db.count_all().restored_producers, 1U);
}

TEST_F(restore_test, a_producer_of_this_run_is_not_a_restored_one) {
  static_cast<void>(db.add_producer(peer("r1"), at(100)));
  EXPECT_EQ(db.count_all().restored_producers, 0U);
}

TEST_F(restore_test, each_change_is_told_with_the_restart_as_its_cause) {
  db.create_channel("u", "d", registry::restart);
  auto const id = restore(peer("r1"), at(90), "t", "c");
  EXPECT_TRUE(db.restore_tombstone(id, "t", at(80)));
  EXPECT_EQ(told.take_with_causes(), (lines{"topic_added u by restart at 100000000000",
                                            "channel_added u/d by restart at 100000000000",
                                            "producer_restored r1 by restart at 100000000000",
                                            "topic_added t by restart at 100000000000",
                                            "channel_added t/c by restart at 100000000000",
                                            "registered t r1 by restart at 100000000000",
                                            "registered t/c r1 by restart at 100000000000",
                                            "tombstoned t r1 by restart at 100000000000"}));
}

TEST_F(restore_test, a_registration_is_added_once) {
  auto const id = restore(peer("r1"), at(90), "t", "c");
  auto const again = db.register_producer(id, "t", "d", registry::restart);
  EXPECT_FALSE(again.topic_added);
  EXPECT_TRUE(again.channel_added);
}

TEST_F(restore_test, a_producer_moves_the_nodes_and_its_topics) {
  db.create_topic("other");
  auto const before = db.revision();
  restore(peer("r1"), at(90), "t", "");
  EXPECT_GT(db.nodes_changed(), before);
  EXPECT_GT(db.lookup_changed("t"), before);
  EXPECT_LE(db.lookup_changed("other"), before);
}

TEST_F(restore_test, a_producer_falls_silent_as_if_there_had_been_no_restart) {
  restore(peer("r1"), at(70), "t", "");
  restore(peer("r2"), at(90), "t", "");
  told.take();
  EXPECT_EQ(db.next_due(), at(130) + one_nanosecond);
  db.advance(at(140));
  EXPECT_EQ(told.take_with_causes(), lines{"producer_silent r1 by time at 130000000001"});
  EXPECT_EQ(list_lookup(db, "t", at(140)), lines{"r2"});
  EXPECT_EQ(db.count_all().restored_producers, 2U);
}

TEST_F(restore_test, a_producer_was_not_seen_in_the_future) {
  restore(peer("r1"), at(500), "t", "");
  EXPECT_EQ(list_clients(db), lines{"r1@100000000000"});
}

TEST_F(restore_test, a_producer_was_not_seen_before_those_that_came_before) {
  restore(peer("r1"), at(90), "t", "");
  restore(peer("r2"), at(80), "t", "");
  EXPECT_EQ(list_clients(db), (lines{"r1@90000000000", "r2@90000000000"}));
}

TEST_F(restore_test, a_producer_is_not_active_where_none_is) {
  registration_db never{{.inactive_producer_timeout = seconds{0}}};
  never.advance(at(100));
  never.register_producer(never.restore_producer(peer("r1"), at(90)), "t", "");
  EXPECT_EQ(list_nodes(never, at(100)), lines{});
  EXPECT_EQ(list_clients(never), lines{"r1@90000000000"});
}

TEST_F(restore_test, a_producer_stays_while_no_end_is_set) {
  restore(peer("r1"), at(90), "t", "");
  db.advance(at(1'000'000));
  EXPECT_EQ(list_clients(db), lines{"r1@90000000000"});
  EXPECT_EQ(db.next_due(), time_point::max());
}

TEST_F(restore_test, a_producer_may_be_removed) {
  auto const id = restore(peer("r1"), at(90), "t", "c");
  db.remove_producer(id, "because");
  EXPECT_EQ(db.count_all().restored_producers, 0U);
  EXPECT_EQ(list_clients(db), lines{});
  db.expect_back_until(at(110));
  EXPECT_EQ(db.next_due(), time_point::max());
}

TEST_F(restore_test, limits_hold) {
  registration_db full{{}, {.registrations_per_producer = 3}};
  full.advance(at(100));
  auto const id = full.restore_producer(peer("r1"), at(90));
  EXPECT_EQ(full.register_producer(id, "t", "c").refused, refusal::none);
  EXPECT_EQ(full.register_producer(id, "u", "c").refused, refusal::too_many_registrations);
  EXPECT_EQ(full.register_producer(id, "u", "").refused, refusal::none);
  EXPECT_EQ(full.register_producer(id, "v", "").refused, refusal::too_many_registrations);
}

TEST_F(restore_test, a_tombstone_ends_as_if_there_had_been_no_restart) {
  auto const id = restore(peer("r1"), at(90), "t", "");
  EXPECT_TRUE(db.restore_tombstone(id, "t", at(80)));
  EXPECT_EQ(list_nodes(db, at(100)), lines{"r1: t!"});
  EXPECT_EQ(list_registrations(db), lines{"t: r1@90000000000!80000000000"});
  told.take();
  EXPECT_EQ(db.next_due(), at(110));
  db.advance(at(110));
  EXPECT_EQ(told.take_with_causes(), lines{"tombstone_ended t r1 by time at 110000000000"});
  EXPECT_EQ(list_lookup(db, "t", at(110)), lines{"r1"});
}

TEST_F(restore_test, a_tombstone_that_has_ended_is_none) {
  auto const id = restore(peer("r1"), at(90), "t", "");
  told.take();
  EXPECT_FALSE(db.restore_tombstone(id, "t", at(70)));
  EXPECT_EQ(told.take(), lines{});
  EXPECT_EQ(list_registrations(db), lines{"t: r1@90000000000"});
}

TEST_F(restore_test, a_tombstone_was_not_set_in_the_future) {
  auto const id = restore(peer("r1"), at(90), "t", "");
  EXPECT_TRUE(db.restore_tombstone(id, "t", at(500)));
  EXPECT_EQ(db.next_due(), at(130));
}

TEST_F(restore_test, a_tombstone_needs_its_registration) {
  auto const id = restore(peer("r1"), at(90), "t", "");
  db.create_topic("u");
  EXPECT_FALSE(db.restore_tombstone(id, "u", at(90)));
  EXPECT_FALSE(db.restore_tombstone(id, "unknown", at(90)));
}

}  // namespace
}  // namespace nsqlookupd::registry
