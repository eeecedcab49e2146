// SPDX-License-Identifier: MIT
//
// The changes that only time makes: when, in which order, and how many at once.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "recorded_changes.hpp"
#include "registry_listings.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr nanoseconds moment{1};

class advance_test : public testing::Test {
 protected:
  registration_db db{{.inactive_producer_timeout = seconds{10}, .tombstone_lifetime = seconds{5}}};
  recorded_changes told{db};
  producer_id const id = db.add_producer(peer("r1"), at(0));

  advance_test() { told.take(); }
};

TEST_F(advance_test, a_producer_falls_silent_behind_the_last_moment_of_the_time_out) {
  EXPECT_EQ(db.next_due(), at(10) + moment);
  EXPECT_FALSE(db.advance(at(10)));
  EXPECT_EQ(told.take(), lines{});
  EXPECT_FALSE(db.advance(at(10) + moment));
  EXPECT_EQ(told.take_with_causes(), lines{"producer_silent r1 by time at 10000000001"});
  EXPECT_EQ(db.next_due(), time_point::max());
  db.advance(at(1000));
  EXPECT_EQ(told.take(), lines{});
}

TEST_F(advance_test, a_ping_puts_that_off) {
  db.ping(id, at(7));
  EXPECT_EQ(db.next_due(), at(17) + moment);
  db.ping(id, at(17));
  EXPECT_EQ(told.take(), lines{});
}

TEST_F(advance_test, a_ping_that_comes_too_late_makes_both_changes) {
  EXPECT_EQ(db.ping(id, at(11)), at(0));
  EXPECT_EQ(told.take_with_causes(), (lines{"producer_silent r1 by time at 10000000001",
                                            "producer_back r1 by PING at 11000000000"}));
  EXPECT_EQ(db.next_due(), at(21) + moment);
}

TEST_F(advance_test, only_the_first_ping_of_a_silent_producer_is_a_change) {
  db.advance(at(11));
  told.take();
  db.ping(id, at(12));
  db.ping(id, at(13));
  EXPECT_EQ(told.take(), lines{"producer_back r1"});
}

TEST_F(advance_test, the_producer_that_was_heard_of_first_falls_silent_first) {
  auto const second = db.add_producer(peer("r2"), at(1));
  static_cast<void>(db.add_producer(peer("r3"), at(2)));
  db.ping(id, at(3));
  db.ping(second, at(4));
  told.take();
  EXPECT_EQ(db.next_due(), at(12) + moment);
  db.advance(at(100));
  EXPECT_EQ(told.take_with_causes(), (lines{"producer_silent r3 by time at 12000000001",
                                            "producer_silent r1 by time at 13000000001",
                                            "producer_silent r2 by time at 14000000001"}));
}

TEST_F(advance_test, a_producer_that_left_does_not_fall_silent) {
  db.remove_producer(id);
  told.take();
  EXPECT_EQ(db.next_due(), time_point::max());
  db.advance(at(11));
  EXPECT_EQ(told.take(), lines{});
}

TEST_F(advance_test, a_silent_producer_may_leave) {
  db.advance(at(11));
  db.remove_producer(id);
  db.advance(at(100));
  EXPECT_EQ(told.take(), (lines{"producer_silent r1", "producer_removed r1"}));
}

TEST_F(advance_test, a_tombstone_ends_with_its_lifetime) {
  db.register_producer(id, "t", "");
  db.tombstone("t", "host:4151", at(1));
  told.take();
  EXPECT_EQ(db.next_due(), at(6));
  db.advance(at(6) - moment);
  EXPECT_EQ(told.take(), lines{});
  db.advance(at(6));
  EXPECT_EQ(told.take_with_causes(), lines{"tombstone_ended t r1 by time at 6000000000"});
  EXPECT_EQ(db.next_due(), at(10) + moment);
}

TEST_F(advance_test, a_tombstone_that_was_set_again_ends_once) {
  db.register_producer(id, "t", "");
  db.tombstone("t", "host:4151", at(1));
  db.tombstone("t", "host:4151", at(4));
  told.take();
  EXPECT_EQ(db.next_due(), at(9));
  db.advance(at(10));
  EXPECT_EQ(told.take_with_causes(), lines{"tombstone_ended t r1 by time at 9000000000"});
}

TEST_F(advance_test, a_tombstone_does_not_end_after_its_registration_did) {
  for (auto const* const topic : {"t", "u", "v"}) {
    db.register_producer(id, topic, "");
    db.tombstone(topic, "host:4151", at(1));
  }
  db.unregister_topic(id, "t");
  EXPECT_EQ(db.next_due(), at(6));
  db.delete_topic("u");
  reclaim_all(db);
  // Not reclaimed before it ends.
  db.delete_topic("v");
  told.take();
  db.advance(at(7));
  EXPECT_EQ(told.take(), lines{});
  reclaim_all(db);
  db.register_producer(id, "v", "");
  EXPECT_EQ(list_lookup(db, "v", at(7)), lines{"r1"});
}

TEST_F(advance_test, a_producer_that_left_has_no_tombstone) {
  for (int number = 0; number < 600; ++number) {
    auto const topic = "t" + std::to_string(number);
    db.register_producer(id, topic, "");
    db.tombstone(topic, "host:4151", at(1));
  }
  db.remove_producer(id);
  told.take();
  // Some of its registrations have not ended yet.
  db.advance(at(7));
  EXPECT_EQ(told.take(), lines{});
}

TEST_F(advance_test, all_comes_in_the_order_of_time) {
  db.register_producer(id, "t", "");
  db.ping(id, at(3));
  db.tombstone("t", "host:4151", at(8));
  auto const second = db.add_producer(peer("r2", "other"), at(8));
  db.register_producer(second, "t", "");
  told.take();
  db.advance(at(1000));
  EXPECT_EQ(told.take_with_causes(), (lines{"tombstone_ended t r1 by time at 13000000000",
                                            "producer_silent r1 by time at 13000000001",
                                            "producer_silent r2 by time at 18000000001"}));
}

TEST_F(advance_test, makes_as_many_changes_as_it_may) {
  for (int number = 2; number <= 10; ++number) {
    static_cast<void>(db.add_producer(peer("r" + std::to_string(number)), at(0)));
  }
  told.take();
  EXPECT_TRUE(db.advance(at(11), 4));
  EXPECT_EQ(told.take(), (lines{"producer_silent r1", "producer_silent r2", "producer_silent r3",
                                "producer_silent r4"}));
  EXPECT_LE(db.next_due(), at(11));
  EXPECT_TRUE(db.advance(at(11), 5));
  EXPECT_EQ(told.take().size(), 5U);
  EXPECT_FALSE(db.advance(at(11), 1));
  EXPECT_EQ(told.take(), lines{"producer_silent r10"});
  EXPECT_FALSE(db.advance(at(11), 1));
  EXPECT_EQ(told.take(), lines{});
}

TEST_F(advance_test, never_goes_back) {
  db.advance(at(11));
  EXPECT_FALSE(db.advance(at(1)));
  db.register_producer(id, "t", "");
  EXPECT_EQ(list_lookup(db, "t", at(1)), lines{});
  told.take();
  EXPECT_EQ(db.ping(id, at(5)), at(0));
  EXPECT_EQ(told.take_with_causes(), lines{"producer_back r1 by PING at 11000000000"});
  EXPECT_EQ(db.next_due(), at(21) + moment);
}

TEST(advance, has_nothing_to_do_at_first) {
  registration_db db;
  EXPECT_EQ(db.next_due(), time_point::max());
  EXPECT_FALSE(db.advance(at(1'000'000)));
  EXPECT_EQ(db.revision(), 0U);
}

TEST(advance, bears_lifetimes_without_end) {
  constexpr auto ever = nanoseconds::max();
  registration_db db{
      {.inactive_producer_timeout = ever, .tombstone_lifetime = ever, .empty_topic_ttl = ever}};
  auto const id = db.add_producer(peer("r1"), at(5));
  db.register_producer(id, "t", "");
  db.create_topic("u");
  db.tombstone("t", "host:4151", at(6));
  auto const revision = db.revision();
  EXPECT_EQ(db.next_due(), time_point::max());
  EXPECT_FALSE(db.advance(time_point::max() - moment));
  EXPECT_EQ(db.revision(), revision);
  EXPECT_EQ(list_nodes(db, at(6)), lines{"r1: t!"});
}

class empty_topic_ttl_test : public testing::Test {
 protected:
  registration_db db{{.inactive_producer_timeout = seconds{1000}, .empty_topic_ttl = seconds{10}}};
  recorded_changes told{db};
  producer_id const id = db.add_producer(peer("r1"), at(0));

  // The changes of time until then, with their moments in whole seconds.
  lines until(int second) {
    told.take();
    db.advance(at(second));
    auto changes = told.take_with_causes();
    for (auto& line : changes) {
      EXPECT_TRUE(line.ends_with("000000000")) << line;
      line.resize(line.size() - 9);
    }
    return changes;
  }
};

TEST_F(empty_topic_ttl_test, removes_a_topic_that_nobody_registers) {
  db.create_topic("t");
  EXPECT_EQ(db.next_due(), at(10));
  EXPECT_EQ(list_empty_topics(db), lines{"t@0"});
  db.advance(at(10) - moment);
  EXPECT_TRUE(db.has_topic("t"));
  EXPECT_EQ(until(10), lines{"topic_removed t by time at 10"});
  EXPECT_FALSE(db.has_topic("t"));
  EXPECT_EQ(db.count_all().topics, 0U);
  EXPECT_EQ(db.count_all().empty_topics, 0U);
}

TEST_F(empty_topic_ttl_test, begins_when_the_last_producer_goes) {
  db.register_producer(id, "t", "");
  auto const other = db.add_producer(peer("r2"), at(0));
  db.register_producer(other, "t", "");
  db.advance(at(3));
  db.unregister_topic(id, "t");
  EXPECT_EQ(db.count_all().empty_topics, 0U);
  db.advance(at(5));
  db.remove_producer(other);
  EXPECT_EQ(db.count_all().empty_topics, 1U);
  EXPECT_EQ(list_empty_topics(db), lines{"t@5000000000"});
  EXPECT_EQ(until(14), lines{});
  EXPECT_EQ(until(15), lines{"topic_removed t by time at 15"});
}

TEST_F(empty_topic_ttl_test, begins_anew_after_a_producer_was_there) {
  db.create_topic("t");
  db.advance(at(9));
  db.register_producer(id, "t", "");
  EXPECT_EQ(db.count_all().empty_topics, 0U);
  EXPECT_EQ(list_empty_topics(db), lines{});
  EXPECT_EQ(until(50), lines{});
  db.unregister_topic(id, "t");
  db.advance(at(55));
  db.register_producer(id, "t", "");
  db.advance(at(58));
  db.unregister_topic(id, "t");
  EXPECT_EQ(until(67), lines{});
  EXPECT_EQ(until(68), lines{"topic_removed t by time at 68"});
}

TEST_F(empty_topic_ttl_test, removes_a_channel_that_nobody_registers) {
  db.register_producer(id, "t", "c");
  db.register_producer(id, "t", "d");
  db.advance(at(1));
  db.unregister_channel(id, "t", "c");
  db.create_channel("t", "e");
  db.advance(at(2));
  db.create_channel("t", "f");
  EXPECT_EQ(until(20),
            (lines{"channel_removed t/c by time at 11", "channel_removed t/e by time at 11",
                   "channel_removed t/f by time at 12"}));
  EXPECT_EQ(list_channels(db, "t"), lines{"d"});
}

TEST_F(empty_topic_ttl_test, takes_a_topic_with_its_channels) {
  db.create_channel("t", "c");
  db.advance(at(5));
  db.create_channel("t", "d");
  // Both the topic and its channel are due.
  auto const changes = until(30);
  EXPECT_EQ(changes.back(), "topic_removed t by time at 10");
  EXPECT_EQ(list_all_channels(db), lines{});
  EXPECT_EQ(db.count_all().channels, 0U);
  EXPECT_EQ(db.next_due(), at(1000) + moment);
  reclaim_all(db);
  EXPECT_EQ(until(50), lines{});
}

TEST_F(empty_topic_ttl_test, forgets_what_was_deleted_before) {
  db.create_channel("t", "c");
  db.create_channel("u", "c");
  db.delete_topic("t");
  db.delete_channel("u", "c");
  db.advance(at(5));
  // The same names, anew; the first `t` is not reclaimed yet.
  db.create_channel("t", "c");
  db.create_channel("u", "c");
  db.register_producer(id, "u", "");
  EXPECT_EQ(until(14), lines{});
  auto const changes = until(15);
  EXPECT_EQ(std::ranges::count(changes, "topic_removed t by time at 15"), 1);
  EXPECT_EQ(std::ranges::count(changes, "channel_removed u/c by time at 15"), 1);
  EXPECT_FALSE(db.has_topic("t"));
  EXPECT_EQ(list_channels(db, "u"), lines{});
  EXPECT_TRUE(db.has_topic("u"));
}

TEST_F(empty_topic_ttl_test, removes_what_is_ephemeral_and_was_never_registered) {
  db.create_topic("t#ephemeral");
  db.register_producer(id, "u", "");
  db.create_channel("u", "c#ephemeral");
  EXPECT_EQ(until(10), (lines{"topic_removed t#ephemeral by time at 10",
                              "channel_removed u/c#ephemeral by time at 10"}));
}

TEST_F(empty_topic_ttl_test, leaves_what_went_with_its_last_producer) {
  db.register_producer(id, "t#ephemeral", "c#ephemeral");
  db.unregister_topic(id, "t#ephemeral");
  reclaim_all(db);
  EXPECT_EQ(until(100), lines{});
  EXPECT_EQ(db.next_due(), at(1000) + moment);
}

TEST_F(empty_topic_ttl_test, leaves_what_a_silent_producer_has) {
  registration_db silent{{.inactive_producer_timeout = seconds{1}, .empty_topic_ttl = seconds{10}}};
  silent.register_producer(silent.add_producer(peer("r1"), at(0)), "t", "c");
  silent.advance(at(100));
  EXPECT_EQ(list_topics(silent), lines{"t"});
  EXPECT_EQ(list_channels(silent, "t"), lines{"c"});
}

TEST_F(empty_topic_ttl_test, does_not_remove_a_topic_because_a_departed_producer_has_channels) {
  db.register_producer(id, "t", "c");
  db.unregister_channel(id, "t", "c");
  EXPECT_EQ(until(10), lines{"channel_removed t/c by time at 10"});
  EXPECT_EQ(list_nodes(db, at(10)), lines{"r1: t"});
}

TEST_F(empty_topic_ttl_test, goes_by_the_budget) {
  for (auto const* const topic : {"a", "b", "c"}) {
    db.create_topic(topic);
  }
  EXPECT_TRUE(db.advance(at(10), 2));
  EXPECT_EQ(list_topics(db), lines{"c"});
  EXPECT_FALSE(db.advance(at(10), 2));
  EXPECT_EQ(list_topics(db), lines{});
}

TEST(empty_topic_ttl, of_zero_is_never) {
  registration_db db;
  db.create_channel("t", "c");
  EXPECT_EQ(db.next_due(), time_point::max());
  db.advance(at(1'000'000'000));
  EXPECT_EQ(list_topics(db), lines{"t"});
  EXPECT_EQ(list_channels(db, "t"), lines{"c"});
  EXPECT_EQ(list_empty_topics(db).size(), 1U);
}

TEST(empty_topics, are_listed_page_by_page) {
  registration_db db;
  auto const id = db.add_producer(peer("r1"), at(1));
  for (auto const* const topic : {"a", "c", "e"}) {
    db.create_topic(topic);
    db.register_producer(id, std::string{topic} + "x", "");
  }
  lines const all{"a@1000000000", "c@1000000000", "e@1000000000"};
  for (std::size_t size = 1; size < 8; ++size) {
    EXPECT_EQ(list_empty_topics(db, {size}), all) << size;
  }
  EXPECT_EQ(db.count_all().empty_topics, 3U);
}

}  // namespace
}  // namespace nsqlookupd::registry
