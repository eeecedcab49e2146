// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "registry_listings.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;
using std::chrono::seconds;

class tombstone_test : public testing::Test {
 protected:
  registration_db db{lifetimes{.tombstone_lifetime = seconds{10}}};
  producer_id const id = db.add_producer(peer("r1"), at(0));

  void SetUp() override { db.register_producer(id, "t", "c"); }
};

TEST_F(tombstone_test, hides_the_producer_from_lookups_until_its_lifetime_is_over) {
  EXPECT_EQ(db.tombstone("t", "host:4151", at(1)), 1U);
  EXPECT_EQ(list_lookup(db, "t", at(1)), lines{});
  EXPECT_EQ(list_lookup(db, "t", at(11) - std::chrono::nanoseconds{1}), lines{});
  EXPECT_EQ(list_lookup(db, "t", at(11)), lines{"r1"});
}

TEST_F(tombstone_test, leaves_the_producer_in_nodes_marked) {
  db.tombstone("t", "host:4151", at(1));
  EXPECT_EQ(list_nodes(db, at(1)), lines{"r1: t!"});
  EXPECT_EQ(list_nodes(db, at(11)), lines{"r1: t"});
}

TEST_F(tombstone_test, is_kept_after_it_expired) {
  EXPECT_EQ(list_registrations(db), (lines{"t: r1@0", "t/c: r1@0"}));
  db.tombstone("t", "host:4151", at(1));
  EXPECT_EQ(list_lookup(db, "t", at(100)), lines{"r1"});
  EXPECT_EQ(list_registrations(db), (lines{"t: r1@0!1000000000", "t/c: r1@0"}));
}

TEST_F(tombstone_test, is_of_one_topic) {
  db.register_producer(id, "u", "");
  db.tombstone("t", "host:4151", at(1));
  EXPECT_EQ(list_lookup(db, "u", at(1)), lines{"r1"});
  EXPECT_EQ(list_nodes(db, at(1)), lines{"r1: t! u"});
}

TEST_F(tombstone_test, the_wildcard_lookup_shows_producers_tombstoned_in_some_topics) {
  db.register_producer(id, "u", "");
  db.tombstone("t", "host:4151", at(1));
  EXPECT_EQ(list_lookup(db, "*", at(1)), lines{"r1"});
  db.tombstone("u", "host:4151", at(1));
  EXPECT_EQ(list_lookup(db, "*", at(1)), lines{});
}

TEST_F(tombstone_test, marks_every_producer_of_that_address_and_no_other) {
  for (auto const& other : {peer("r2"), peer("r3", "host", 4152), peer("r4", "hos")}) {
    db.register_producer(db.add_producer(other, at(0)), "t", "");
  }
  EXPECT_EQ(db.tombstone("t", "host:4151", at(1)), 2U);
  EXPECT_EQ(list_lookup(db, "t", at(1)), (lines{"r4", "r3"}));
}

TEST_F(tombstone_test, leaves_a_producer_of_that_address_that_is_not_on_the_topic) {
  auto const other = db.add_producer(peer("r2"), at(0));
  EXPECT_EQ(db.tombstone("t", "host:4151", at(1)), 1U);
  db.register_producer(other, "t", "");
  EXPECT_EQ(list_lookup(db, "t", at(1)), lines{"r2"});
}

TEST_F(tombstone_test, of_nobody_or_of_an_unknown_topic_marks_nobody) {
  for (auto const* const node : {"host:4152", "hos:4151", "host", "host:", "", "r1", "*"}) {
    EXPECT_EQ(db.tombstone("t", node, at(1)), 0U) << node;
  }
  for (auto const* const topic : {"u", "*", "", "t#ephemeral"}) {
    EXPECT_EQ(db.tombstone(topic, "host:4151", at(1)), 0U) << topic;
  }
  EXPECT_EQ(list_lookup(db, "t", at(1)), lines{"r1"});
}

TEST_F(tombstone_test, finds_ipv6_hosts_with_and_without_brackets) {
  for (std::string const host : {"::1", "[::1]"}) {
    registration_db v6;
    v6.register_producer(v6.add_producer(peer("r1", host), at(0)), "t", "");
    EXPECT_EQ(v6.tombstone("t", "[::1]:4151", at(1)), 1U) << host;
    EXPECT_EQ(v6.tombstone("t", "::1:4151", at(1)), 1U) << host;
    EXPECT_EQ(v6.tombstone("t", "[::2]:4151", at(1)), 0U) << host;
  }
}

TEST_F(tombstone_test, finds_ports_that_are_none) {
  db.register_producer(db.add_producer(peer("r2", "host", -5), at(0)), "t", "");
  EXPECT_EQ(db.tombstone("t", "host:-5", at(1)), 1U);
  EXPECT_EQ(list_lookup(db, "t", at(1)), lines{"r1"});
}

TEST_F(tombstone_test, survives_register_ping_and_create) {
  db.tombstone("t", "host:4151", at(1));
  db.register_producer(id, "t", "");
  db.register_producer(id, "t", "c");
  db.ping(id, at(2));
  db.create_topic("t");
  db.unregister_channel(id, "t", "c");
  EXPECT_EQ(list_lookup(db, "t", at(2)), lines{});
}

TEST_F(tombstone_test, again_restarts_its_lifetime) {
  db.tombstone("t", "host:4151", at(1));
  EXPECT_EQ(db.tombstone("t", "host:4151", at(9)), 1U);
  EXPECT_EQ(list_lookup(db, "t", at(18)), lines{});
  EXPECT_EQ(list_lookup(db, "t", at(19)), lines{"r1"});
  EXPECT_EQ(list_registrations(db), (lines{"t: r1@0!9000000000", "t/c: r1@0"}));
}

TEST_F(tombstone_test, ends_with_unregister) {
  db.tombstone("t", "host:4151", at(1));
  db.unregister_topic(id, "t");
  db.register_producer(id, "t", "");
  EXPECT_EQ(list_lookup(db, "t", at(1)), lines{"r1"});
  EXPECT_EQ(list_registrations(db), lines{"t: r1@0"});
}

TEST_F(tombstone_test, ends_with_a_reconnect) {
  db.tombstone("t", "host:4151", at(1));
  db.remove_producer(id);
  auto const again = db.add_producer(peer("r1"), at(1));
  db.register_producer(again, "t", "");
  EXPECT_EQ(list_lookup(db, "t", at(1)), lines{"r1"});
  reclaim_all(db);
  EXPECT_EQ(list_registrations(db), lines{"t: r1@1000000000"});
}

TEST_F(tombstone_test, ends_with_the_topic) {
  db.tombstone("t", "host:4151", at(1));
  db.delete_topic("t");
  db.register_producer(id, "t", "");
  EXPECT_EQ(list_lookup(db, "t", at(1)), lines{"r1"});
}

TEST_F(tombstone_test, does_not_find_a_disconnected_producer) {
  db.remove_producer(id);
  EXPECT_EQ(db.tombstone("t", "host:4151", at(1)), 0U);
}

TEST(tombstone_lifetime, is_45_seconds_by_default) {
  registration_db db;
  db.register_producer(db.add_producer(peer("r1"), at(0)), "t", "");
  db.tombstone("t", "host:4151", at(0));
  EXPECT_EQ(list_lookup(db, "t", at(44)), lines{});
  EXPECT_EQ(list_lookup(db, "t", at(45)), lines{"r1"});
}

TEST(tombstone_lifetime, of_zero_hides_nobody) {
  registration_db db{lifetimes{.tombstone_lifetime = seconds{0}}};
  db.register_producer(db.add_producer(peer("r1"), at(0)), "t", "");
  db.tombstone("t", "host:4151", at(0));
  EXPECT_EQ(list_lookup(db, "t", at(0)), lines{"r1"});
}

}  // namespace
}  // namespace nsqlookupd::registry
