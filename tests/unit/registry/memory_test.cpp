// SPDX-License-Identifier: MIT
//
// What is left of a change when memory runs out at any point of it: nothing. And what is left of
// producers and topics that are gone: nothing either.
#include <nsqlookupd/registry/compact_list.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include "limited_memory.hpp"
#include "peers.hpp"
#include "registry_listings.hpp"
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

// All that is to be seen in `db`.
lines everything(registration_db const& db) {
  auto all = list_registrations(db);
  for (auto const& listed : {list_topics(db), list_all_channels(db), list_nodes(db, at(0))}) {
    all.emplace_back("--");
    all.insert(all.end(), listed.begin(), listed.end());
  }
  return all;
}

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

  // Tries `change` with one allocation more each time, from none to as many as it needs, each time
  // on a registry that start() made.
  void expect_all_or_nothing(int topics, std::function<void()> const& change) {
    std::size_t allocations = 0;
    for (bool whole = false; !whole && allocations < 100; ++allocations) {
      start(topics);
      auto const before = everything(*db);
      whole = comes_through(allocations, change);
      if (!whole) {
        EXPECT_EQ(everything(*db), before) << "with " << allocations << " allocations";
        change();
      }
      EXPECT_NE(everything(*db), before);
      db->remove_producer(id);
      reclaim_all(*db);
      EXPECT_EQ(list_registrations(*db), lines{});
    }
    EXPECT_GT(allocations, 1U) << "the change needs no memory";
  }
};

TEST_F(memory_test, register_producer_is_all_or_nothing) {
  for (int topics = 0; topics < 34; ++topics) {
    for (std::string const topic : {"new", "new#ephemeral"}) {
      expect_all_or_nothing(topics, [&] { db->register_producer(id, topic, "channel#ephemeral"); });
    }
  }
}

TEST_F(memory_test, register_producer_on_a_known_topic_is_all_or_nothing) {
  for (int topics = 1; topics < 34; ++topics) {
    expect_all_or_nothing(topics, [&] { db->register_producer(id, "t0", "channel#ephemeral"); });
  }
}

TEST_F(memory_test, create_channel_is_all_or_nothing) {
  expect_all_or_nothing(1, [&] { db->create_channel("new", "channel"); });
  expect_all_or_nothing(1, [&] { db->create_channel("t0", "channel"); });
}

TEST_F(memory_test, tombstone_is_all_or_nothing) {
  expect_all_or_nothing(1, [&] { db->tombstone("t0", "host:4151", at(0)); });
}

TEST_F(memory_test, unregister_topic_is_all_or_nothing) {
  expect_all_or_nothing(2, [&] { db->unregister_topic(id, "t0"); });
}

TEST_F(memory_test, add_producer_is_all_or_nothing) {
  std::vector<producer_id> ids;
  registration_db crowd;
  for (std::size_t count = 0; count < 100; ++count) {
    auto const add = [&] { ids.push_back(crowd.add_producer(peer("r"), at(0))); };
    ids.reserve(ids.size() + 1);
    for (std::size_t allocations = 0; !comes_through(allocations, add); ++allocations) {
      ASSERT_EQ(crowd.producer_count(), count);
      ASSERT_LT(allocations, 100U);
    }
    ASSERT_EQ(crowd.producer_count(), count + 1);
  }
  EXPECT_EQ(list_clients(crowd).size(), 100U);
}

TEST_F(memory_test, disconnecting_and_reclaiming_need_none) {
  registration_db crowd;
  std::vector<producer_id> ids;
  for (int count = 0; count < 1000; ++count) {
    ids.push_back(crowd.add_producer(peer("r"), at(0)));
    crowd.register_producer(ids.back(), "t#ephemeral", "c");
    crowd.register_producer(ids.back(), "u", "c#ephemeral");
  }
  EXPECT_TRUE(comes_through(0, [&] {
    for (auto const who : ids) {
      crowd.remove_producer(who);
    }
    crowd.reclaim(100'000, {});
  }));
  EXPECT_EQ(list_topics(crowd), lines{"u"});
}

TEST_F(memory_test, deleting_needs_none) {
  start(1);
  EXPECT_TRUE(comes_through(0, [&] {
    db->delete_channel("t0", channel);
    db->delete_topic("t0", {});
  }));
  EXPECT_EQ(list_topics(*db), lines{});
}

TEST_F(memory_test, unregister_of_a_channel_needs_none) {
  start(1);
  EXPECT_TRUE(comes_through(0, [&] { db->unregister_channel(id, "t0", channel); }));
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
  EXPECT_TRUE(comes_through(0, [&] { db->register_producer(id, "t", channel); }));
}

TEST_F(memory_test, connections_leave_none_behind) {
  start(0);
  EXPECT_EQ(left_behind([&] {
              auto const who = db->add_producer(peer("a_remote_address_that_needs_memory"), at(0));
              db->register_producer(who, "t", channel);
              db->register_producer(who, "t#ephemeral", channel);
              db->tombstone("t", "host:4151", at(0));
              db->remove_producer(who);
              reclaim_all(*db);
            }),
            0U);
}

TEST_F(memory_test, topics_leave_none_behind) {
  start(0);
  EXPECT_EQ(left_behind([&] {
              db->register_producer(id, "t", channel);
              db->delete_topic("t", {});
              db->register_producer(id, "t#ephemeral", channel);
              db->unregister_topic(id, "t#ephemeral");
              db->register_producer(id, "u", channel);
              db->delete_channel("u", channel);
              reclaim_all(*db);
            }),
            0U);
}

TEST(compact_list_memory_test, a_list_needs_none_for_few_values) {
  compact_list<std::uint32_t> list;
  EXPECT_TRUE(comes_through(0, [&] {
    list.push_back(1);
    list.push_back(2);
  }));
  EXPECT_FALSE(comes_through(0, [&] { list.push_back(3); }));
  EXPECT_EQ(std::vector<std::uint32_t>(list.begin(), list.end()),
            (std::vector<std::uint32_t>{1, 2}));
}

TEST(compact_list_memory_test, a_list_that_cannot_shrink_stays_as_it_is) {
  constexpr std::uint32_t many = 1000;
  compact_list<std::uint32_t> list;
  for (std::uint32_t value = 0; value < many; ++value) {
    list.push_back(value);
  }
  auto const most = list.capacity();
  EXPECT_TRUE(comes_through(0, [&] {
    while (!list.empty()) {
      EXPECT_EQ(list.back(), list.size() - 1);
      list.pop_back();
    }
  }));
  EXPECT_EQ(list.capacity(), most);
  list.push_back(1);
  list.pop_back();
  EXPECT_LT(list.capacity(), most);
  list.push_back(2);
  EXPECT_EQ(list.back(), 2U);
}

TEST(compact_list_memory_test, a_list_leaves_none_behind) {
  EXPECT_EQ(left_behind([] {
              compact_list<std::uint32_t> list;
              for (std::uint32_t value = 0; value < 100; ++value) {
                list.push_back(value);
              }
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
  for (auto const who : ids) {
    db->register_producer(who, "u", channel);
    db->unregister_topic(who, "u");
  }
  auto const before = memory_in_use();
  for (auto const who : ids) {
    db->register_producer(who, "t", channel);
  }
  for (auto const who : ids) {
    db->unregister_topic(who, "t");
  }
  EXPECT_LT(memory_in_use(), before + 10'000U);
}

}  // namespace
}  // namespace nsqlookupd::registry
