// SPDX-License-Identifier: MIT
//
// Which changes need memory, and what is left of producers and topics that are gone: nothing.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "registry_listings.hpp"
#include "watched_memory.hpp"
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
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

  // A producer whose tables are as full as they get before they grow. Something is empty, so that
  // the table of that is there.
  void start(int topics) {
    db = std::make_unique<registration_db>();
    id = db->add_producer(peer("r1"), at(0));
    db->create_channel("empty", channel);
    for (int number = 0; number < topics; ++number) {
      db->register_producer(id, "t" + std::to_string(number), channel);
    }
  }
};

// The allocations when producers leave, but for the last one: after it a topic and a channel are
// empty, and a topic is gone, which is remembered. With more of them a topic's list of producers,
// when it has become short, moves to where it takes less.
std::size_t allocations_of_a_crowd_that_leaves(history how_many) {
  registration_db crowd{{}, {}, how_many};
  std::vector<producer_id> ids;
  for (int count = 0; count < 80; ++count) {
    ids.push_back(crowd.add_producer(peer("r"), at(0), "EOF"));
    crowd.register_producer(ids.back(), "t#ephemeral", "c", "EOF");
    crowd.register_producer(ids.back(), "u", "c#ephemeral", "EOF");
  }
  auto const last = ids.back();
  ids.pop_back();
  auto const allocations = allocations_of([&] {
    for (auto const producer : ids) {
      crowd.remove_producer(producer, "EOF");
    }
  });
  EXPECT_LT(allocations_of([&] { crowd.remove_producer(last); }), 20U);
  crowd.reclaim(100'000);
  EXPECT_EQ(list_topics(crowd), lines{"u"});
  return allocations;
}

TEST_F(memory_test, disconnecting_needs_none) {
  EXPECT_EQ(allocations_of_a_crowd_that_leaves({}), 0U);
}

// The names are short, or have been in the place of the change before.
TEST_F(memory_test, disconnecting_needs_none_for_a_journal_that_is_full) {
  EXPECT_EQ(allocations_of_a_crowd_that_leaves({.capacity = 100}), 0U);
}

TEST(journal_memory, does_not_grow_once_it_is_full) {
  journal full{100, 0};
  std::uint64_t revision = 0;
  auto const add = [&](int count) {
    for (; count > 0; --count) {
      change made;
      made.revision = ++revision;
      made.topic = "a_topic_with_a_name_that_needs_memory";
      made.cause = "a_cause_with_a_text_that_needs_memory";
      full.add(made, nullptr);
    }
  };
  add(200);
  auto const before = memory_in_use();
  EXPECT_EQ(allocations_of([&] { add(10'000); }), 0U);
  EXPECT_EQ(memory_in_use(), before);
}

TEST_F(memory_test, deleting_a_channel_needs_none) {
  start(1);
  EXPECT_EQ(allocations_of([&] { db->delete_channel("t0", channel); }), 0U);
}

TEST_F(memory_test, deleting_a_topic_needs_what_its_name_takes) {
  start(1);
  EXPECT_LE(allocations_of([&] { db->delete_topic("t0"); }), 2U);
  EXPECT_EQ(list_topics(*db), lines{"empty"});
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

TEST_F(memory_test, restored_producers_leave_none_behind) {
  start(0);
  EXPECT_EQ(left_behind([&] {
              auto const restored =
                  db->restore_producer(peer("a_remote_address_that_needs_memory"), at(0));
              db->register_producer(restored, "t", channel);
              db->register_producer(restored, "u", channel);
              auto const producer = db->add_producer(peer("r2"), at(0));
              db->register_producer(producer, "t", channel);
              db->remove_producer(producer);
              db->remove_producer(db->restore_producer(peer("r3"), at(0)));
              reclaim_all(*db);
            }),
            0U);
}

// The restart is over then.
TEST_F(memory_test, disconnecting_a_producer_that_was_taken_over_needs_none) {
  start(0);
  db->create_channel("t", channel);
  auto const restored = db->restore_producer(peer("r2"), at(0));
  db->register_producer(restored, "t", "c");
  db->register_producer(restored, "t", channel);
  static_cast<void>(db->add_producer(peer("r3"), at(0)));
  db->create_channel("t", "d");
  EXPECT_EQ(allocations_of([&] { db->remove_producer(restored); }), 0U);
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
