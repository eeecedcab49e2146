// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace nsqlookupd::registry {
namespace {

class totals_test : public testing::Test {
 protected:
  void expect(std::size_t producers, std::size_t topics, std::size_t channels,
              std::size_t registrations) {
    auto const all = db.count_all();
    EXPECT_EQ(all.producers, producers);
    EXPECT_EQ(all.topics, topics);
    EXPECT_EQ(all.channels, channels);
    EXPECT_EQ(all.registrations, registrations);
  }

  registration_db db;
  producer_id const first = db.add_producer(peer("r1"), at(0));
  producer_id const second = db.add_producer(peer("r2"), at(0));
};

TEST_F(totals_test, follow_registrations) {
  expect(2, 0, 0, 0);
  db.register_producer(first, "t1", "c1");
  db.register_producer(first, "t1", "c1");
  db.register_producer(second, "t1", "c2");
  db.create_channel("t2", "c1");
  expect(2, 2, 3, 4);
  db.unregister_channel(first, "t1", "c1");
  expect(2, 2, 3, 3);
  db.unregister_topic(second, "t1");
  expect(2, 2, 3, 1);
  db.delete_channel("t1", "c1");
  expect(2, 2, 2, 1);
}

TEST_F(totals_test, lose_a_producer_at_once) {
  db.register_producer(first, "t1", "c1");
  db.register_producer(second, "t1", "c1#ephemeral");
  db.remove_producer(second);
  expect(1, 1, 1, 2);
}

TEST_F(totals_test, lose_the_channels_of_a_deleted_topic_at_once) {
  db.register_producer(first, "t1", "c1");
  db.register_producer(first, "t1", "c2#ephemeral");
  db.delete_topic("t1");
  expect(2, 0, 0, 3);
  db.register_producer(second, "t1", "c1");
  expect(2, 1, 1, 5);
  db.remove_producer(first);
  expect(1, 1, 1, 2);
  reclaim_all(db);
  expect(1, 1, 1, 2);
}

TEST_F(totals_test, lose_what_was_ephemeral) {
  db.register_producer(first, "t1#ephemeral", "c1#ephemeral");
  db.create_channel("t1#ephemeral", "c2");
  expect(2, 1, 2, 2);
  db.unregister_topic(first, "t1#ephemeral");
  expect(2, 0, 0, 0);
  reclaim_all(db);
  expect(2, 0, 0, 0);
}

TEST_F(totals_test, lose_a_producer_with_very_many_registrations_at_once) {
  constexpr std::size_t very_many = 1000;
  for (std::size_t number = 0; number < very_many; ++number) {
    db.register_producer(first, "t" + std::to_string(number), "");
  }
  expect(2, very_many, 0, very_many);
  db.remove_producer(first);
  expect(1, very_many, 0, 0);
  reclaim_all(db);
  expect(1, very_many, 0, 0);
  EXPECT_EQ(db.count_all().empty_topics, very_many);
}

TEST_F(totals_test, know_the_topics_without_producers) {
  auto const empty = [&] { return db.count_all().empty_topics; };
  EXPECT_EQ(empty(), 0U);
  db.create_channel("t", "c");
  EXPECT_EQ(empty(), 1U);
  db.register_producer(first, "t", "");
  db.register_producer(second, "t", "");
  EXPECT_EQ(empty(), 0U);
  db.unregister_topic(first, "t");
  EXPECT_EQ(empty(), 0U);
  db.remove_producer(second);
  EXPECT_EQ(empty(), 1U);
  db.delete_topic("t");
  EXPECT_EQ(empty(), 0U);
  db.register_producer(first, "t#ephemeral", "");
  db.unregister_topic(first, "t#ephemeral");
  EXPECT_EQ(empty(), 0U);
  db.register_producer(first, "u", "c");
  db.delete_topic("u");
  reclaim_all(db);
  EXPECT_EQ(empty(), 0U);
}

}  // namespace
}  // namespace nsqlookupd::registry
