// SPDX-License-Identifier: MIT
//
// Connections that take over restored producers.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "recorded_changes.hpp"
#include "registry_listings.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;
using std::chrono::nanoseconds;
using std::chrono::seconds;

class adopt_test : public testing::Test {
 protected:
  registration_db db{{.inactive_producer_timeout = seconds{60}, .tombstone_lifetime = seconds{30}}};
  producer_id old{};
  recorded_changes told{db};

  adopt_test() {
    db.advance(at(100));
    old = restore("r1", at(90));
    db.register_producer(old, "t", "c", registry::restart);
    db.register_producer(old, "u", "", registry::restart);
    db.expect_back_until(at(160));
    told.take();
  }

  static peer_info said(std::string remote) {
    auto made = peer(std::move(remote));
    made.hostname = "web7";
    return made;
  }

  producer_id restore(std::string const& remote, time_point last_seen) {
    return db.restore_producer(said(remote), last_seen);
  }
  producer_id connect(std::string const& remote) { return db.add_producer(said(remote), at(101)); }
};

TEST_F(adopt_test, one_with_the_same_identity_takes_it_over) {
  EXPECT_EQ(connect("r2"), old);
  EXPECT_EQ(told.take_with_causes(), lines{"producer_added r2/web7 by IDENTIFY at 101000000000"});
  EXPECT_EQ(list_nodes(db, at(101)), lines{"r2/web7: t u"});
  EXPECT_EQ(list_lookup(db, "t", at(101)), lines{"r2/web7"});
  EXPECT_EQ(list_registrations(db), (lines{"t: r2/web7@101000000000", "t/c: r2/web7@101000000000",
                                           "u: r2/web7@101000000000"}));
  EXPECT_EQ(db.count_all().producers, 1U);
  EXPECT_EQ(db.count_all().registrations, 3U);
  EXPECT_EQ(db.count_all().restored_producers, 0U);
}

TEST_F(adopt_test, a_listing_tells_whether_a_producer_waits_for_that) {
  auto const is_restored = [this] {
    bool found = false;
    producer_position from;
    std::size_t budget = 10;
    EXPECT_TRUE(db.list_producers(from, budget, [&](listed_producer const& producer) {
      found = producer.known_by == origin::store;
    }));
    return found;
  };
  EXPECT_TRUE(is_restored());
  connect("r2");
  EXPECT_FALSE(is_restored());
}

TEST_F(adopt_test, all_else_that_it_says_is_new) {
  auto newer = said("r2");
  newer.version = "1.4.0";
  newer.topology_zone = "zone";
  newer.topology_region = "region";
  EXPECT_EQ(db.add_producer(newer, at(101), "ANNOUNCE"), old);
  std::string seen;
  producer_position from;
  std::size_t budget = 10;
  EXPECT_TRUE(db.list_registered("t", {}, from, budget, [&](listed_producer const& producer) {
    seen += producer.peer.version + producer.peer.topology_zone + producer.peer.topology_region;
  }));
  EXPECT_EQ(seen, "1.4.0zoneregion");
  EXPECT_EQ(told.take_with_causes(), lines{"producer_added r2/web7 by ANNOUNCE at 101000000000"});
}

TEST_F(adopt_test, one_that_differs_is_another) {
  std::vector<std::function<void(peer_info&)>> const differences{
      [](peer_info& other) { other.hostname = "web8"; },
      [](peer_info& other) { other.hostname = ""; },
      [](peer_info& other) { other.broadcast_address = "hosts"; },
      [](peer_info& other) { other.tcp_port = 4151; },
      [](peer_info& other) { other.http_port = 4152; },
      [](peer_info& other) { std::swap(other.hostname, other.broadcast_address); }};
  for (std::size_t each = 0; each < differences.size(); ++each) {
    auto other = said("r2");
    differences[each](other);
    EXPECT_NE(db.add_producer(other, at(101)), old) << each;
    EXPECT_EQ(db.count_all().restored_producers, 1U) << each;
    EXPECT_EQ(db.count_all().producers, 2U + each);
  }
}

TEST_F(adopt_test, the_one_that_was_heard_of_last_comes_first) {
  auto const newer = restore("r0", at(95));
  EXPECT_EQ(connect("r2"), newer);
  EXPECT_EQ(connect("r3"), old);
  EXPECT_EQ(db.count_all().restored_producers, 0U);
  auto const third = connect("r4");
  EXPECT_NE(third, newer);
  EXPECT_NE(third, old);
  EXPECT_EQ(db.count_all().producers, 3U);
}

TEST_F(adopt_test, connections_that_say_the_same_stay_two) {
  auto const first = connect("r2");
  auto const second = connect("r3");
  EXPECT_NE(first, second);
  EXPECT_EQ(list_nodes(db, at(101)), (lines{"r2/web7: t u", "r3/web7:"}));
}

TEST_F(adopt_test, one_is_heard_of_and_falls_silent_by_its_own_time) {
  static_cast<void>(db.add_producer(peer("r3", "other"), at(100)));
  connect("r2");
  told.take();
  db.advance(at(159));
  EXPECT_EQ(told.take(), lines{});
  db.expect_back_until(at(1000));
  db.advance(at(162));
  EXPECT_EQ(told.take(), (lines{"producer_silent r3", "producer_silent r2/web7"}));
}

TEST_F(adopt_test, the_silence_of_a_producer_ends) {
  db.advance(at(159));
  EXPECT_EQ(told.take(), lines{"producer_silent r1/web7"});
  EXPECT_EQ(list_lookup(db, "t", at(159)), lines{});
  EXPECT_EQ(db.add_producer(said("r2"), at(159)), old);
  EXPECT_EQ(told.take(), lines{"producer_added r2/web7"});
  EXPECT_EQ(list_lookup(db, "t", at(159)), lines{"r2/web7"});
  db.ping(old, at(159));
  EXPECT_EQ(told.take(), lines{});
}

TEST_F(adopt_test, none_is_active_where_none_may_be) {
  registration_db never{{.inactive_producer_timeout = seconds{0}}};
  never.advance(at(100));
  auto const restored = never.restore_producer(said("r1"), at(90));
  EXPECT_EQ(never.add_producer(said("r2"), at(100)), restored);
  EXPECT_EQ(list_nodes(never, at(100)), lines{});
  EXPECT_EQ(never.ping(restored, at(101)), at(100));
}

TEST_F(adopt_test, the_nodes_and_the_lookups_of_its_topics_move) {
  db.create_topic("other");
  auto const before = db.revision();
  auto const topics = db.topics_changed();
  connect("r2");
  EXPECT_GT(db.nodes_changed(), before);
  EXPECT_GT(db.lookup_changed("t"), before);
  EXPECT_GT(db.lookup_changed("u"), before);
  EXPECT_NE(db.lookup_changed("t"), db.lookup_changed("u"));
  EXPECT_LE(db.lookup_changed("other"), before);
  EXPECT_EQ(db.topics_changed(), topics);
  EXPECT_LE(db.channels_changed("t"), before);
  producer_position from;
  std::size_t budget = 10;
  EXPECT_TRUE(db.list_producers(
      from, budget, [&](listed_producer const& producer) { EXPECT_GT(producer.changed, before); }));
}

TEST_F(adopt_test, the_lookups_of_many_topics_move_at_once) {
  constexpr int many = 2000;
  auto const topic = [](int number) { return "t" + std::to_string(number); };
  for (int number = 0; number < many; ++number) {
    db.register_producer(old, topic(number), "", registry::restart);
  }
  told.take();
  auto const before = db.revision();
  connect("r2");
  EXPECT_LT(told.take_all().lookups.size(), 1000U);
  for (int number = 0; number < many; ++number) {
    EXPECT_GT(db.lookup_changed(topic(number)), before);
  }
  EXPECT_TRUE(db.has_backlog());
  reclaim_all(db);
  EXPECT_GT(told.take_all().lookups.size(), 1000U);
}

// Whether its new address is the first or the last of all.
TEST_F(adopt_test, a_listing_that_is_being_read_has_it_once) {
  for (auto const* const remote : {"a", "z"}) {
    for (int page = 0; page < 3; ++page) {
      registration_db listed;
      listed.advance(at(100));
      for (auto const* const known : {"m1", "m2", "m3"}) {
        auto before = peer(known);
        before.hostname = known;
        listed.register_producer(listed.restore_producer(before, at(90)), "t", "");
      }
      auto back = peer(remote);
      back.hostname = "m2";
      int at_page = 0;
      auto nodes =
          list_nodes(listed, at(100), {1, [&] {
                                         if (at_page++ == page) {
                                           static_cast<void>(listed.add_producer(back, at(100)));
                                         }
                                       }});
      ASSERT_EQ(nodes.size(), 3U) << remote << page;
      auto const was_listed = page > 0;
      EXPECT_EQ(nodes[1], was_listed ? "m2/m2: t" : std::string{remote} + "/m2: t");
    }
  }
}

TEST_F(adopt_test, what_it_registers_again_counts_as_added_once_and_is_no_change) {
  auto const id = connect("r2");
  told.take();
  auto const revision = db.revision();
  auto const both = db.register_producer(id, "t", "c");
  EXPECT_TRUE(both.topic_added);
  EXPECT_TRUE(both.channel_added);
  auto const again = db.register_producer(id, "t", "c");
  EXPECT_FALSE(again.topic_added);
  EXPECT_FALSE(again.channel_added);
  EXPECT_TRUE(db.register_producer(id, "u", "").topic_added);
  EXPECT_FALSE(db.register_producer(id, "u", "").topic_added);
  EXPECT_EQ(told.take(), lines{});
  EXPECT_EQ(db.revision(), revision);
}

TEST_F(adopt_test, it_may_register_more) {
  auto const id = connect("r2");
  told.take();
  auto const more = db.register_producer(id, "t", "d");
  EXPECT_TRUE(more.topic_added);
  EXPECT_TRUE(more.channel_added);
  EXPECT_EQ(told.take(), (lines{"channel_added t/d", "registered t/d r2/web7"}));
}

TEST_F(adopt_test, it_may_unregister_what_it_has_not_registered_again) {
  auto const id = connect("r2");
  told.take();
  EXPECT_TRUE(db.unregister_topic(id, "u").topic_removed);
  EXPECT_TRUE(db.unregister_channel(id, "t", "c"));
  EXPECT_TRUE(db.unregister_topic(id, "t").topic_removed);
  EXPECT_EQ(told.take_with_causes(),
            (lines{"unregistered u r2/web7 by UNREGISTER at 101000000000",
                   "unregistered t/c r2/web7 by UNREGISTER at 101000000000",
                   "unregistered t r2/web7 by UNREGISTER at 101000000000"}));
  EXPECT_EQ(db.next_due(), at(161) + nanoseconds{1});
}

TEST_F(adopt_test, it_does_not_pay_for_what_it_has_not_registered_again) {
  registration_db full{{}, {.registrations_per_producer = 2}};
  full.advance(at(100));
  auto const id = full.restore_producer(said("r1"), at(90));
  full.register_producer(id, "t", "c");
  EXPECT_EQ(full.add_producer(said("r2"), at(100)), id);
  EXPECT_EQ(full.register_producer(id, "u", "c").refused, refusal::none);
  EXPECT_EQ(full.register_producer(id, "t", "").refused, refusal::too_many_registrations);
  EXPECT_EQ(full.register_producer(id, "u", "c").refused, refusal::none);
  EXPECT_TRUE(full.unregister_topic(id, "u").topic_removed);
  EXPECT_EQ(full.register_producer(id, "t", "c").refused, refusal::none);
  EXPECT_EQ(full.register_producer(id, "u", "").refused, refusal::too_many_registrations);
}

TEST_F(adopt_test, its_tombstone_stays) {
  db.restore_tombstone(old, "t", at(80));
  connect("r2");
  EXPECT_EQ(list_nodes(db, at(101)), lines{"r2/web7: t! u"});
  EXPECT_EQ(list_nodes(db, at(110)), lines{"r2/web7: t u"});
}

TEST_F(adopt_test, it_leaves_like_any_other) {
  auto const id = connect("r2");
  told.take();
  db.remove_producer(id);
  EXPECT_EQ(told.take_with_causes().front(), "producer_removed r2/web7 by EOF at 101000000000");
  EXPECT_EQ(list_registrations(db), lines{});
  EXPECT_EQ(db.count_all().registrations, 0U);
  EXPECT_EQ(db.next_due(), time_point::max());
}

}  // namespace
}  // namespace nsqlookupd::registry
