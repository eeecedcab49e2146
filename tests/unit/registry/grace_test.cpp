// SPDX-License-Identifier: MIT
//
// The end of the grace after a restart.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "recorded_changes.hpp"
#include "registry_listings.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;
using std::chrono::nanoseconds;
using std::chrono::seconds;

class grace_test : public testing::Test {
 protected:
  registration_db db{{.inactive_producer_timeout = seconds{1000}, .empty_topic_ttl = seconds{50}}};
  recorded_changes told{db};

  grace_test() { db.advance(at(100)); }

  static std::string name(int number) { return "t" + std::to_string(number); }

  producer_id restore(std::string const& host, lines const& topics, std::string const& channel) {
    auto const id = db.restore_producer(peer(host, host), at(90));
    for (auto const& topic : topics) {
      db.register_producer(id, topic, channel, registry::restart);
    }
    return id;
  }

  producer_id restore_with_many(std::string const& host, int count) {
    auto const id = restore(host, {}, "");
    for (int number = 0; number < count; ++number) {
      db.register_producer(id, name(number), "", registry::restart);
    }
    return id;
  }

  producer_id connect(std::string const& host) {
    return db.add_producer(peer(host + "'", host), at(100));
  }

  void start_waiting() {
    db.expect_back_until(at(110));
    told.take();
  }

  // All changes of the end, with their causes.
  lines end() {
    db.advance(at(110));
    return told.take_with_causes();
  }
};

TEST_F(grace_test, a_producer_that_is_not_back_is_removed_at_its_end) {
  restore("r1", {"t"}, "c");
  start_waiting();
  EXPECT_EQ(db.next_due(), at(110));
  EXPECT_FALSE(db.advance(at(110) - nanoseconds{1}));
  EXPECT_EQ(told.take(), lines{});
  auto changes = end();
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes.front(), "producer_expired r1 by not back after restart at 110000000000");
  std::ranges::sort(changes);
  EXPECT_EQ(changes, (lines{"producer_expired r1 by not back after restart at 110000000000",
                            "unregistered t r1 by not back after restart at 110000000000",
                            "unregistered t/c r1 by not back after restart at 110000000000"}));
  EXPECT_EQ(list_clients(db), lines{});
  EXPECT_EQ(db.count_all().restored_producers, 0U);
  EXPECT_EQ(db.count_all().registrations, 0U);
  EXPECT_EQ(db.next_due(), at(160));
}

TEST_F(grace_test, what_is_not_registered_again_ends) {
  restore("r1", {"t", "u", "v"}, "c");
  auto const id = connect("r1");
  db.register_producer(id, "u", "");
  db.register_producer(id, "v", "c");
  db.register_producer(id, "w", "c");
  start_waiting();
  auto changes = end();
  std::ranges::sort(changes);
  EXPECT_EQ(changes, (lines{"unregistered t r1' by not back after restart at 110000000000",
                            "unregistered t/c r1' by not back after restart at 110000000000",
                            "unregistered u/c r1' by not back after restart at 110000000000"}));
  EXPECT_EQ(list_nodes(db, at(110)), lines{"r1': u v w"});
  EXPECT_EQ(list_topics(db), (lines{"t", "u", "v", "w"}));
  EXPECT_EQ(db.count_all().registrations, 5U);
}

// However the registrations lie in the list.
TEST_F(grace_test, the_channels_of_a_topic_end_before_it) {
  for (int before = 0; before < 4; ++before) {
    registration_db fresh;
    recorded_changes changes{fresh};
    fresh.advance(at(100));
    auto const id = fresh.restore_producer(peer("r1"), at(90));
    for (int number = 0; number < before; ++number) {
      fresh.register_producer(id, "first", name(number));
    }
    for (auto const* const channel : {"c", "d", "e"}) {
      fresh.register_producer(id, "t", channel);
    }
    static_cast<void>(fresh.add_producer(peer("r2"), at(100)));
    // The last one takes the index of each.
    fresh.delete_topic("first");
    reclaim_all(fresh);
    fresh.expect_back_until(at(110));
    changes.take();
    fresh.advance(at(110));
    auto const all = changes.take();
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(all.back(), "unregistered t r2");
  }
}

TEST_F(grace_test, nothing_ends_when_all_is_back) {
  restore("r1", {"t"}, "c");
  restore("r2", {}, "");
  start_waiting();
  db.register_producer(connect("r1"), "t", "c");
  connect("r2");
  told.take();
  EXPECT_GT(db.next_due(), at(1000));
  EXPECT_EQ(end(), lines{});
}

TEST_F(grace_test, the_ephemeral_goes_with_its_last_producer) {
  restore("r1", {"t#ephemeral"}, "c");
  restore("r2", {"u"}, "c#ephemeral");
  connect("r2");
  start_waiting();
  auto const changes = end();
  auto const has = [&](std::string const& change) {
    return std::ranges::count(changes, change + " by not back after restart at 110000000000") == 1;
  };
  EXPECT_TRUE(has("topic_removed t#ephemeral"));
  EXPECT_TRUE(has("channel_removed u/c#ephemeral"));
  EXPECT_EQ(list_topics(db), lines{"u"});
  EXPECT_EQ(list_all_channels(db), lines{});
}

TEST_F(grace_test, an_emptied_topic_is_empty_from_then_on) {
  restore("r1", {"t"}, "");
  restore("r2", {"u"}, "");
  connect("r2");
  start_waiting();
  db.advance(at(120));
  EXPECT_EQ(list_empty_topics(db), (lines{"t@110000000000", "u@110000000000"}));
  db.advance(at(160));
  EXPECT_EQ(list_topics(db), lines{});
}

TEST_F(grace_test, what_was_deleted_meanwhile_leaves_nothing_behind) {
  restore("r1", {"t", "u"}, "c");
  start_waiting();
  auto const id = connect("r1");
  db.delete_topic("t");
  db.delete_channel("u", "c");
  // The same names, anew, before and after the first are given back.
  db.register_producer(id, "u", "c");
  db.register_producer(id, "t", "");
  reclaim_all(db);
  db.register_producer(id, "t", "c");
  EXPECT_GT(db.next_due(), at(1000));
  told.take();
  EXPECT_EQ(end(), lines{});
  EXPECT_EQ(list_nodes(db, at(110)), lines{"r1': t u"});
}

TEST_F(grace_test, a_deleted_topic_that_is_not_given_back_ends_without_a_word) {
  restore("r1", {"t"}, "c");
  connect("r1");
  db.delete_topic("t");
  start_waiting();
  EXPECT_EQ(end(), lines{});
  reclaim_all(db);
  EXPECT_EQ(list_nodes(db, at(110)), lines{"r1':"});
}

TEST_F(grace_test, a_producer_that_left_meanwhile_leaves_nothing_behind) {
  restore("r1", {"t"}, "c");
  restore("r2", {"t"}, "c");
  auto const many = restore_with_many("r3", 100);
  start_waiting();
  auto const first = connect("r1");
  db.remove_producer(first);
  connect("r2");
  db.remove_producer(connect("r2"));
  EXPECT_EQ(connect("r3"), many);
  db.remove_producer(many);
  // Others with their ids.
  EXPECT_EQ(connect("r4"), first);
  db.register_producer(first, "t", "c");
  reclaim_all(db);
  for (int number = 5; number < 9; ++number) {
    db.register_producer(connect("r" + std::to_string(number)), "t", "c");
  }
  told.take();
  // The second connection from r2 was a producer of its own.
  EXPECT_EQ(end(), (lines{"unregistered t/c r2' by not back after restart at 110000000000",
                          "unregistered t r2' by not back after restart at 110000000000"}));
}

TEST_F(grace_test, a_producer_that_is_leaving_in_slices_leaves_for_its_own_reason) {
  restore_with_many("r1", 100);
  start_waiting();
  db.remove_producer(connect("r1"), "idle");
  told.take();
  EXPECT_EQ(end(), lines{});
  reclaim_all(db);
  auto const changes = told.take_with_causes();
  EXPECT_EQ(changes.size(), 100U);
  EXPECT_TRUE(std::ranges::all_of(changes, [](std::string const& change) {
    return change.starts_with("unregistered t") && change.ends_with(" r1' by idle at 110000000000");
  }));
}

TEST_F(grace_test, a_producer_with_many_registrations_leaves_in_slices) {
  restore_with_many("r1", 100);
  start_waiting();
  EXPECT_EQ(end(), lines{"producer_expired r1 by not back after restart at 110000000000"});
  EXPECT_EQ(list_nodes(db, at(110)), lines{});
  EXPECT_EQ(db.count_all().registrations, 0U);
  // Another cause comes between.
  db.create_topic("u", "POST");
  told.take();
  reclaim_all(db);
  auto const changes = told.take_with_causes();
  EXPECT_EQ(changes.size(), 100U);
  EXPECT_TRUE(std::ranges::all_of(changes, [](std::string const& change) {
    return change.starts_with("unregistered t") &&
           change.ends_with(" r1 by not back after restart at 110000000000");
  }));
}

TEST_F(grace_test, ends_slice_by_slice) {
  restore_with_many("r1", 600);
  auto const id = connect("r1");
  for (int number = 0; number < 600; number += 3) {
    db.register_producer(id, name(number), "");
  }
  for (int number = 0; number < 60; ++number) {
    restore("s" + std::to_string(number), {name(number)}, "c");
  }
  start_waiting();
  std::size_t ended = 0;
  int slices = 0;
  for (bool is_more = true; is_more && slices < 1000; ++slices) {
    is_more = db.advance(at(110), 50);
    auto const changes = told.take().size();
    EXPECT_LE(changes, 52U);
    ended += changes;
  }
  EXPECT_EQ(ended, 400U + 60U * 3U);
  EXPECT_LE(slices, 13);
  EXPECT_EQ(db.count_all().registrations, 200U);
}

TEST_F(grace_test, all_may_change_between_its_slices) {
  constexpr int count = 300;
  restore_with_many("r1", count);
  auto const id = connect("r1");
  for (int number = 0; number < count; number += 5) {
    db.register_producer(id, name(number), "");
  }
  start_waiting();
  int number = 0;
  while (db.advance(at(110), 1)) {
    ASSERT_LT(number, count);
    // Unregister some, register some again, and add some.
    db.unregister_topic(id, name(number));
    db.register_producer(id, name(count - 1 - number), "");
    db.register_producer(id, "new" + std::to_string(number), "c");
    ++number;
  }
  EXPECT_FALSE(db.advance(at(110), 1));
  EXPECT_GT(number, 20);
  EXPECT_GT(db.next_due(), at(111));
  // All that was registered last is there.
  for (int last = 0; last < number; ++last) {
    EXPECT_EQ(list_lookup(db, "new" + std::to_string(last), at(110)), lines{"r1'"});
  }
}

TEST_F(grace_test, a_connection_may_come_between_its_slices) {
  restore("r1", {"t"}, "c");
  restore("r2", {"t"}, "c");
  start_waiting();
  EXPECT_TRUE(db.advance(at(110), 1));
  EXPECT_EQ(db.count_all().restored_producers, 1U);
  connect("r2");
  EXPECT_EQ(list_registrations(db), (lines{"t: r2'@110000000000", "t/c: r2'@110000000000"}));
  EXPECT_FALSE(db.advance(at(110)));
  EXPECT_EQ(list_nodes(db, at(110)), lines{"r2':"});
}

TEST_F(grace_test, all_that_time_causes_comes_in_its_order) {
  registration_db timed{
      {.inactive_producer_timeout = seconds{15}, .tombstone_lifetime = seconds{29}}};
  recorded_changes changes{timed};
  timed.advance(at(100));
  auto const id = timed.restore_producer(peer("r1"), at(90));
  timed.register_producer(id, "t", "");
  timed.restore_tombstone(id, "t", at(80));
  timed.expect_back_until(at(107));
  changes.take();
  timed.advance(at(200));
  EXPECT_EQ(changes.take_with_causes(),
            (lines{"producer_silent r1 by time at 105000000001",
                   "producer_expired r1 by not back after restart at 107000000000",
                   "unregistered t r1 by not back after restart at 107000000000"}));
}

}  // namespace
}  // namespace nsqlookupd::registry
