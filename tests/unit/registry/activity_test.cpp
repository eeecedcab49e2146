// SPDX-License-Identifier: MIT
//
// When a producer counts as active, and what refreshes it.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "registry_listings.hpp"
#include <gtest/gtest.h>

#include <chrono>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;
using std::chrono::nanoseconds;
using std::chrono::seconds;

class activity_test : public testing::Test {
 protected:
  registration_db db{lifetimes{.inactive_producer_timeout = seconds{10}}};
  producer_id const id = db.add_producer(peer("r1"), at(0));

  void expect_active(bool active, time_point now) {
    EXPECT_EQ(list_lookup(db, "t", now), active ? lines{"r1"} : lines{});
    EXPECT_EQ(list_lookup(db, "*", now), active ? lines{"r1"} : lines{});
    EXPECT_EQ(list_nodes(db, now), active ? lines{"r1: t"} : lines{});
  }
};

TEST_F(activity_test, ends_when_the_time_out_is_exceeded) {
  db.register_producer(id, "t", "");
  expect_active(true, at(0));
  expect_active(true, at(10));
  expect_active(false, at(10) + nanoseconds{1});
}

TEST_F(activity_test, an_inactive_producer_stays_known) {
  db.register_producer(id, "t", "");
  EXPECT_EQ(list_topics(db), lines{"t"});
  EXPECT_EQ(list_clients(db), lines{"r1@0"});
  EXPECT_EQ(list_registrations(db), lines{"t: r1@0"});
}

TEST_F(activity_test, register_does_not_refresh_it) {
  db.register_producer(id, "t", "");
  db.register_producer(id, "u", "");
  expect_active(false, at(11));
  EXPECT_EQ(list_clients(db), lines{"r1@0"});
}

TEST_F(activity_test, ping_refreshes_and_revives_and_tells_the_time_before) {
  db.register_producer(id, "t", "c");
  expect_active(false, at(20));
  EXPECT_EQ(db.ping(id, at(20)), at(0));
  expect_active(true, at(30));
  EXPECT_EQ(db.ping(id, at(30)), at(20));
  EXPECT_EQ(list_registrations(db), (lines{"t: r1@30000000000", "t/c: r1@30000000000"}));
}

TEST_F(activity_test, is_each_producers_own) {
  auto const other = db.add_producer(peer("r2"), at(5));
  db.register_producer(id, "t", "");
  db.register_producer(other, "t", "");
  EXPECT_EQ(list_lookup(db, "t", at(12)), lines{"r2"});
  EXPECT_EQ(list_nodes(db, at(12)), lines{"r2: t"});
}

TEST(inactive_producer_timeout, is_300_seconds_by_default) {
  registration_db db;
  db.register_producer(db.add_producer(peer("r1"), at(0)), "t", "");
  EXPECT_EQ(list_lookup(db, "t", at(300)), lines{"r1"});
  EXPECT_EQ(list_lookup(db, "t", at(301)), lines{});
}

TEST(inactive_producer_timeout, of_zero_or_below_makes_everybody_inactive) {
  for (auto const timeout : {seconds{0}, seconds{-1}}) {
    registration_db db{lifetimes{.inactive_producer_timeout = timeout}};
    db.register_producer(db.add_producer(peer("r1"), at(5)), "t", "");
    EXPECT_EQ(list_lookup(db, "t", at(5)), lines{});
    EXPECT_EQ(list_nodes(db, at(5)), lines{});
  }
}

}  // namespace
}  // namespace nsqlookupd::registry
