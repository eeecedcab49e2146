// SPDX-License-Identifier: MIT
//
// Producers whose connections are at other members of a cluster.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "recorded_changes.hpp"
#include "registry_listings.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;

class members_test : public testing::Test {
 protected:
  registration_db db{{.inactive_producer_timeout = std::chrono::seconds{60},
                      .tombstone_lifetime = std::chrono::seconds{30},
                      .takeover_grace = std::chrono::seconds{20}}};
  recorded_changes told{db};

  members_test() { db.advance(at(100)); }

  producer_id add(std::string const& remote, bool is_silent = false) {
    return db.add_member_producer({peer(remote), is_silent, at(100)}, "member b");
  }
  void update(producer_id id, peer_info said, bool is_silent) {
    db.update_member_producer(id, {std::move(said), is_silent, at(100)}, "member b");
  }
};

TEST_F(members_test, are_listed_like_any_other) {
  auto const id = add("r1");
  db.register_producer(id, "t", "c", "member b");
  EXPECT_EQ(list_lookup(db, "t", at(100)), lines{"r1"});
  EXPECT_EQ(list_nodes(db, at(100)), lines{"r1: t"});
  EXPECT_EQ(db.count_all().producers, 1U);
  EXPECT_EQ(db.count_all().member_producers, 1U);
  EXPECT_EQ(db.count_all().restored_producers, 0U);
  EXPECT_EQ(told.take_with_causes().front(), "producer_added r1 by member b at 100000000000");
  db.remove_producer(id, "member b");
  EXPECT_EQ(list_nodes(db, at(100)), lines{});
  EXPECT_EQ(db.count_all().member_producers, 0U);
  EXPECT_EQ(told.take_with_causes().front(), "producer_removed r1 by member b at 100000000000");
}

TEST_F(members_test, fall_silent_when_their_member_says_so_and_not_before) {
  auto const id = add("r1");
  db.register_producer(id, "t", "", "member b");
  told.take();
  db.advance(at(1000));
  EXPECT_EQ(list_lookup(db, "t", at(1000)), lines{"r1"});
  EXPECT_EQ(db.next_due(), time_point::max());
  auto const before = db.lookup_changed("t");
  update(id, peer("r1"), true);
  EXPECT_EQ(list_lookup(db, "t", at(1000)), lines{});
  EXPECT_EQ(told.take(), lines{"producer_silent r1"});
  EXPECT_GT(db.lookup_changed("t"), before);
  update(id, peer("r1"), true);
  EXPECT_EQ(told.take(), lines{});
  update(id, peer("r1"), false);
  EXPECT_EQ(told.take(), lines{"producer_back r1"});
  EXPECT_EQ(list_lookup(db, "t", at(1000)), lines{"r1"});
}

TEST_F(members_test, that_say_something_new_of_themselves_change_lookups) {
  auto const id = add("r1");
  db.register_producer(id, "t", "", "member b");
  auto const before = db.lookup_changed("t");
  told.take();
  update(id, peer("r2"), false);
  EXPECT_EQ(list_lookup(db, "t", at(100)), lines{"r2"});
  EXPECT_EQ(told.take(), lines{"producer_added r2"});
  EXPECT_GT(db.lookup_changed("t"), before);
}

TEST_F(members_test, are_taken_over_by_connections_with_a_grace_of_their_own) {
  auto const id = add("r1");
  db.register_producer(id, "t", "c", "member b");
  db.register_producer(id, "u", "", "member b");
  db.advance(at(200));
  EXPECT_EQ(db.add_producer(peer("r2"), at(200)), id);
  EXPECT_EQ(list_lookup(db, "u", at(200)), lines{"r2"});
  EXPECT_EQ(db.count_all().member_producers, 0U);
  auto const again = db.register_producer(id, "t", "c");
  EXPECT_TRUE(again.topic_added);
  db.ping(id, at(219));
  EXPECT_EQ(list_lookup(db, "u", at(219)), lines{"r2"});
  db.advance(at(220));
  EXPECT_EQ(list_lookup(db, "u", at(220)), lines{});
  EXPECT_EQ(list_lookup(db, "t", at(220)), lines{"r2"});
  // A connection falls silent again.
  db.advance(at(300));
  EXPECT_EQ(list_lookup(db, "t", at(300)), lines{});
}

TEST_F(members_test, restored_producers_keep_the_grace_of_the_restart) {
  auto const restored = db.restore_producer(peer("r1", "one"), at(90));
  db.register_producer(restored, "t", "", restart);
  db.expect_back_until(at(150));
  auto const id = add("r2");
  db.register_producer(id, "t", "", "member b");
  ASSERT_EQ(db.add_producer(peer("r3"), at(140)), id);
  db.advance(at(150));
  EXPECT_EQ(list_lookup(db, "t", at(150)), lines{"r3"});
  db.advance(at(160));
  EXPECT_EQ(list_lookup(db, "t", at(160)), lines{});
}

TEST_F(members_test, keep_producers_whose_connections_end_here) {
  auto const own = db.add_producer(peer("r1"), at(100));
  auto const other = db.add_producer(peer("r2", "two"), at(100));
  db.register_producer(own, "t", "c");
  db.register_producer(other, "t", "c");
  db.ask_members([own](producer_id id) { return id == own; });
  told.take();
  db.remove_producer(own);
  db.remove_producer(other);
  EXPECT_EQ(list_lookup(db, "t", at(100)), lines{"r1"});
  EXPECT_EQ(told.take(), (lines{"producer_added r1", "producer_removed r2", "unregistered t/c r2",
                                "unregistered t r2"}));
  EXPECT_EQ(db.count_all().member_producers, 1U);
  // No PING is awaited of it any more.
  db.advance(at(1000));
  EXPECT_EQ(list_lookup(db, "t", at(1000)), lines{"r1"});
  // The member says that it is gone.
  db.remove_producer(own);
  EXPECT_EQ(list_lookup(db, "t", at(1000)), lines{});
  EXPECT_EQ(db.count_all().registrations, 0U);
}

TEST_F(members_test, keep_restored_producers_whose_grace_ends) {
  auto const restored = db.restore_producer(peer("r1"), at(90));
  db.register_producer(restored, "t", "", restart);
  db.expect_back_until(at(150));
  db.ask_members([](producer_id) { return true; });
  db.advance(at(150));
  EXPECT_EQ(list_lookup(db, "t", at(150)), lines{"r1"});
  EXPECT_EQ(db.count_all().restored_producers, 0U);
  EXPECT_EQ(db.count_all().member_producers, 1U);
  // A connection takes it over, and confirms nothing.
  EXPECT_EQ(db.add_producer(peer("r2"), at(160)), restored);
  db.advance(at(180));
  EXPECT_EQ(list_lookup(db, "t", at(180)), lines{});
}

TEST_F(members_test, have_tombstones) {
  auto const id = add("r1");
  db.register_producer(id, "t", "", "member b");
  EXPECT_TRUE(db.restore_tombstone(id, "t", at(90), "member b"));
  EXPECT_EQ(list_lookup(db, "t", at(100)), lines{});
  db.advance(at(120));
  EXPECT_EQ(list_lookup(db, "t", at(120)), lines{"r1"});
}

TEST_F(members_test, go_on_over_a_hand_over) {
  auto const id = add("r1");
  db.register_producer(id, "t", "c", "member b");
  auto const silent = add("r2", true);
  db.register_producer(silent, "t", "", "member b");
  db.advance(at(500));
  registration_db next{{.inactive_producer_timeout = std::chrono::seconds{60},
                        .takeover_grace = std::chrono::seconds{20}}};
  auto const ids = next.resume(db.take_snapshot());
  EXPECT_EQ(next.count_all().member_producers, 2U);
  EXPECT_EQ(list_lookup(next, "t", at(500)), lines{"r1"});
  EXPECT_EQ(next.next_due(), time_point::max());
  // The one that was added last has the greater id, and is found first.
  EXPECT_EQ(next.add_producer(peer("r3"), at(500)), ids.back());
  registration_db last{{.inactive_producer_timeout = std::chrono::seconds{60}}};
  last.resume(next.take_snapshot());
  EXPECT_EQ(last.next_due(), at(520));
}

}  // namespace
}  // namespace nsqlookupd::registry
