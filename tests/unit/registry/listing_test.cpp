// SPDX-License-Identifier: MIT
//
// The content and order of listings, which are the same in pages of any size.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "registry_listings.hpp"
#include <gtest/gtest.h>

#include <cstddef>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;

class listing_test : public testing::Test {
 protected:
  registration_db db;

  void SetUp() override {
    auto const b = db.add_producer(peer("r2", "b"), at(0));
    auto const a = db.add_producer(peer("r9", "a", 4153), at(1));
    auto const a_first = db.add_producer(peer("r8", "a", -1), at(2));
    auto const b_again = db.add_producer(peer("r1", "b"), at(3));
    db.register_producer(b, "u", "z");
    db.register_producer(b, "t", "y");
    db.register_producer(a, "u", "x");
    db.register_producer(a, "T", "");
    db.register_producer(b_again, "u", "z");
    db.register_producer(a_first, "u", "z");
    db.create_channel("s", "z");
    db.create_channel("s", "k");
    db.create_topic("v");
    db.create_topic("w");
    db.create_channel("x", "k");
  }
};

TEST_F(listing_test, topics_are_sorted_by_byte) {
  EXPECT_EQ(list_topics(db), (lines{"T", "s", "t", "u", "v", "w", "x"}));
}

TEST_F(listing_test, channels_are_sorted_and_of_one_topic) {
  EXPECT_EQ(list_channels(db, "u"), (lines{"x", "z"}));
  EXPECT_EQ(list_channels(db, "s"), (lines{"k", "z"}));
  EXPECT_EQ(list_channels(db, "v"), lines{});
  EXPECT_EQ(list_channels(db, "unknown"), lines{});
}

TEST_F(listing_test, all_channels_come_topic_by_topic) {
  EXPECT_EQ(list_all_channels(db), (lines{"k", "z", "y", "x", "z", "k"}));
}

TEST_F(listing_test, producers_are_sorted_by_address_then_port_then_id) {
  EXPECT_EQ(list_lookup(db, "u", at(3)), (lines{"r8", "r9", "r2", "r1"}));
  EXPECT_EQ(list_lookup(db, "*", at(3)), (lines{"r8", "r9", "r2", "r1"}));
  EXPECT_EQ(list_lookup(db, "unknown", at(3)), lines{});
  EXPECT_EQ(list_nodes(db, at(3)), (lines{"r8: u", "r9: T u", "r2: t u", "r1: u"}));
  EXPECT_EQ(list_clients(db), (lines{"r8@2000000000", "r9@1000000000", "r2@0", "r1@3000000000"}));
}

TEST_F(listing_test, registrations_are_those_with_producers_sorted) {
  EXPECT_EQ(list_registrations(db),
            (lines{"T: r9@1000000000", "t: r2@0", "t/y: r2@0",
                   "u: r8@2000000000 r9@1000000000 r2@0 r1@3000000000", "u/x: r9@1000000000",
                   "u/z: r8@2000000000 r2@0 r1@3000000000"}));
}

TEST_F(listing_test, pages_of_a_lookup_leave_out_whom_the_whole_one_leaves_out) {
  db.tombstone("u", "b:4151", at(3));
  EXPECT_EQ(list_lookup(db, "u", at(3), {1}), (lines{"r8", "r9"}));
  EXPECT_EQ(list_lookup(db, "u", at(302), {1}), (lines{"r8", "r1"}));
  EXPECT_EQ(list_lookup(db, "u", at(302)), (lines{"r8", "r1"}));
  EXPECT_EQ(list_lookup(db, "u", at(1000), {1}), lines{});
}

TEST_F(listing_test, topics_of_a_node_stay_sorted_while_they_change) {
  auto const id = db.add_producer(peer("r", "c"), at(3));
  auto const topics_of_c = [&] { return list_nodes(db, at(3)).back(); };
  db.register_producer(id, "m", "c");
  EXPECT_EQ(topics_of_c(), "r: m");
  db.register_producer(id, "z", "");
  db.register_producer(id, "b", "");
  EXPECT_EQ(topics_of_c(), "r: b m z");
  db.unregister_topic(id, "m");
  EXPECT_EQ(topics_of_c(), "r: b z");
  db.delete_topic("b");
  EXPECT_EQ(topics_of_c(), "r: z");
  reclaim_all(db);
  EXPECT_EQ(topics_of_c(), "r: z");
  db.register_producer(id, "b", "");
  EXPECT_EQ(topics_of_c(), "r: b z");
}

TEST_F(listing_test, pages_of_every_size_hold_the_same) {
  for (std::size_t size = 1; size <= 30; ++size) {
    EXPECT_EQ(list_topics(db, {size}), list_topics(db)) << size;
    EXPECT_EQ(list_channels(db, "u", {size}), list_channels(db, "u")) << size;
    EXPECT_EQ(list_all_channels(db, {size}), list_all_channels(db)) << size;
    EXPECT_EQ(list_lookup(db, "u", at(3), {size}), list_lookup(db, "u", at(3))) << size;
    EXPECT_EQ(list_nodes(db, at(3), {size}), list_nodes(db, at(3))) << size;
    EXPECT_EQ(list_clients(db, {size}), list_clients(db)) << size;
    EXPECT_EQ(list_registrations(db, {size}), list_registrations(db)) << size;
  }
}

// How many pages of that size a listing takes.
template <class List>
int pages_of(std::size_t size, List list) {
  int pages = 1;
  list(paging{size, [&pages] { ++pages; }});
  return pages;
}

TEST_F(listing_test, pages_count_what_is_visited_also_when_it_is_not_listed) {
  auto const inactive = at(1'000'000);
  EXPECT_EQ(pages_of(1, [&](auto const& by) { return list_nodes(db, inactive, by); }), 4 + 1);
  EXPECT_EQ(pages_of(1, [&](auto const& by) { return list_lookup(db, "u", inactive, by); }), 4 + 1);
  EXPECT_EQ(pages_of(1, [&](auto const& by) { return list_all_channels(db, by); }), 7 + 6 + 1);
}

TEST_F(listing_test, pages_of_nodes_count_their_registrations) {
  // r8 with 2 registrations costs 3, r9 with 3 costs 4: the first page. Then r1 and r2, as costly.
  EXPECT_EQ(pages_of(5, [&](auto const& by) { return list_nodes(db, at(3), by); }), 3);
}

TEST_F(listing_test, a_registration_that_fits_into_a_page_is_listed_without_the_other_producers) {
  EXPECT_EQ(pages_of(1, [&](auto const& by) { return list_registered(db, {"t", ""}, by); }), 1);
  EXPECT_EQ(pages_of(3, [&](auto const& by) { return list_registered(db, {"u", "z"}, by); }), 1);
  EXPECT_EQ(pages_of(2, [&](auto const& by) { return list_registered(db, {"u", "z"}, by); }), 3);
}

TEST_F(listing_test, nobody_is_registered_under_an_unknown_name) {
  EXPECT_EQ(list_registered(db, {"unknown", ""}), lines{});
  EXPECT_EQ(list_registered(db, {"unknown", "z"}), lines{});
  EXPECT_EQ(list_registered(db, {"u", "unknown"}), lines{});
}

TEST(listed_peer, has_all_that_it_said_of_itself) {
  registration_db db;
  peer_info const said{.remote_address = "1.2.3.4:5",
                       .hostname = "name",
                       .broadcast_address = "host",
                       .tcp_port = 4150,
                       .http_port = 4151,
                       .version = "1.3.0",
                       .topology_zone = "zone",
                       .topology_region = "region"};
  auto const id = db.add_producer(said, at(7));
  db.register_producer(id, "t", "c");

  int seen = 0;
  auto const check = [&](peer_info const& peer) {
    ++seen;
    EXPECT_EQ(peer.remote_address, said.remote_address);
    EXPECT_EQ(peer.hostname, said.hostname);
    EXPECT_EQ(peer.broadcast_address, said.broadcast_address);
    EXPECT_EQ(peer.tcp_port, said.tcp_port);
    EXPECT_EQ(peer.http_port, said.http_port);
    EXPECT_EQ(peer.version, said.version);
    EXPECT_EQ(peer.topology_zone, said.topology_zone);
    EXPECT_EQ(peer.topology_region, said.topology_region);
  };
  auto const check_listed = [&](listed_producer const& producer) { check(producer.peer); };
  std::size_t budget = 10;
  producer_position at;
  EXPECT_TRUE(db.list_producers(at, budget, check_listed));
  EXPECT_TRUE(db.list_registered("t", {}, at, budget, check_listed));
  EXPECT_TRUE(db.list_registered("t", "c", at, budget, check_listed));
  EXPECT_EQ(at, producer_position{});
  EXPECT_EQ(budget, 10U - 3 - 1 - 1);
  EXPECT_EQ(seen, 3);
}

}  // namespace
}  // namespace nsqlookupd::registry
