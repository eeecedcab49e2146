// SPDX-License-Identifier: MIT
//
// Which changes need memory, and what is left of producers and topics that are gone: nothing.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "registry_listings.hpp"
#include "watched_memory.hpp"
#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;

class memory_test : public testing::Test {
 protected:
  static constexpr auto channel = "a_channel_with_a_name_that_needs_memory";

  std::unique_ptr<registration_db> db;
  producer_id id{};

  // A producer whose tables are as full as they get before they grow.
  void start(int topics) {
    db = std::make_unique<registration_db>();
    id = db->add_producer(peer("r1"), at(0));
    for (int number = 0; number < topics; ++number) {
      db->register_producer(id, "t" + std::to_string(number), channel);
    }
  }
};

TEST_F(memory_test, disconnecting_needs_none) {
  registration_db crowd;
  std::vector<producer_id> ids;
  for (int count = 0; count < 1000; ++count) {
    ids.push_back(crowd.add_producer(peer("r"), at(0)));
    crowd.register_producer(ids.back(), "t#ephemeral", "c");
    crowd.register_producer(ids.back(), "u", "c#ephemeral");
  }
  EXPECT_EQ(allocations_of([&] {
              for (auto const producer : ids) {
                crowd.remove_producer(producer);
              }
            }),
            0U);
  crowd.reclaim(100'000, {});
  EXPECT_EQ(list_topics(crowd), lines{"u"});
}

TEST_F(memory_test, deleting_needs_none) {
  start(1);
  EXPECT_EQ(allocations_of([&] {
              db->delete_channel("t0", channel);
              db->delete_topic("t0");
            }),
            0U);
  EXPECT_EQ(list_topics(*db), lines{});
}

TEST_F(memory_test, unregister_of_a_channel_needs_none) {
  start(1);
  EXPECT_EQ(allocations_of([&] { db->unregister_channel(id, "t0", channel); }), 0U);
}

// The bytes in use that `round` leaves behind, once it has been round often enough for every table
// to have its size.
std::size_t left_behind(std::function<void()> const& round) {
  std::size_t before = 0;
  for (int count = 0; count < 200; ++count) {
    if (count == 100) {
      before = memory_in_use();
    }
    round();
  }
  return memory_in_use() - before;
}

TEST_F(memory_test, a_topic_and_a_channel_of_it_need_none_of_the_producer) {
  start(0);
  db->create_channel("t", channel);
  EXPECT_EQ(allocations_of([&] { db->register_producer(id, "t", channel); }), 0U);
}

TEST_F(memory_test, connections_leave_none_behind) {
  start(0);
  EXPECT_EQ(left_behind([&] {
              auto const producer =
                  db->add_producer(peer("a_remote_address_that_needs_memory"), at(0));
              db->register_producer(producer, "t", channel);
              db->register_producer(producer, "t#ephemeral", channel);
              db->tombstone("t", "host:4151", at(0));
              db->remove_producer(producer);
              reclaim_all(*db);
            }),
            0U);
}

TEST_F(memory_test, topics_leave_none_behind) {
  start(0);
  EXPECT_EQ(left_behind([&] {
              db->register_producer(id, "t", channel);
              db->delete_topic("t");
              db->register_producer(id, "t#ephemeral", channel);
              db->unregister_topic(id, "t#ephemeral");
              db->register_producer(id, "u", channel);
              db->delete_channel("u", channel);
              reclaim_all(*db);
            }),
            0U);
}

TEST_F(memory_test, a_topic_that_many_left_keeps_little) {
  start(0);
  std::vector<producer_id> ids;
  for (int count = 0; count < 10'000; ++count) {
    ids.push_back(db->add_producer(peer("r"), at(0)));
  }
  db->create_channel("t", channel);
  for (auto const producer : ids) {
    db->register_producer(producer, "u", channel);
    db->unregister_topic(producer, "u");
  }
  auto const before = memory_in_use();
  for (auto const producer : ids) {
    db->register_producer(producer, "t", channel);
  }
  for (auto const producer : ids) {
    db->unregister_topic(producer, "t");
  }
  EXPECT_LT(memory_in_use(), before + 10'000U);
}

}  // namespace
}  // namespace nsqlookupd::registry
