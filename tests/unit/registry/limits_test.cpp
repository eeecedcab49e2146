// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "registry_listings.hpp"
#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;

TEST(limits, of_registrations_count_topics_and_channels_of_one_producer) {
  registration_db db{{}, {.registrations_per_producer = 3}};
  auto const id = db.add_producer(peer("r1"), at(0));
  EXPECT_EQ(db.register_producer(id, "t", "c").refused, refusal::none);
  EXPECT_EQ(db.register_producer(id, "u", "c").refused, refusal::too_many_registrations);
  EXPECT_EQ(list_topics(db), lines{"t"});
  EXPECT_EQ(db.register_producer(id, "t", "d").refused, refusal::none);
  EXPECT_EQ(db.register_producer(id, "t", "e").refused, refusal::too_many_registrations);
  EXPECT_EQ(list_channels(db, "t"), (lines{"c", "d"}));

  auto const other = db.add_producer(peer("r2"), at(0));
  EXPECT_EQ(db.register_producer(other, "t", "c").refused, refusal::none);
}

TEST(limits, of_registrations_let_a_full_producer_repeat_and_replace) {
  registration_db db{{}, {.registrations_per_producer = 2}};
  auto const id = db.add_producer(peer("r1"), at(0));
  db.register_producer(id, "t", "c");
  EXPECT_EQ(db.register_producer(id, "t", "c").refused, refusal::none);
  EXPECT_EQ(db.register_producer(id, "t", "").refused, refusal::none);
  db.unregister_channel(id, "t", "c");
  EXPECT_EQ(db.register_producer(id, "t", "d").refused, refusal::none);
}

TEST(limits, of_topics_refuse_new_ones_from_producers_and_from_admins) {
  registration_db db{{}, {.topics = 2}};
  auto const id = db.add_producer(peer("r1"), at(0));
  db.register_producer(id, "t", "");
  db.create_topic("u");
  EXPECT_EQ(db.register_producer(id, "v", "").refused, refusal::too_many_topics);
  EXPECT_EQ(db.create_topic("v").refused, refusal::too_many_topics);
  EXPECT_EQ(db.create_channel("v", "c").refused, refusal::too_many_topics);
  EXPECT_EQ(list_topics(db), (lines{"t", "u"}));
  EXPECT_EQ(list_nodes(db, at(0)), lines{"r1: t"});

  EXPECT_EQ(db.register_producer(id, "u", "c").refused, refusal::none);
  EXPECT_EQ(db.create_topic("t").refused, refusal::none);
  db.delete_topic("u");
  EXPECT_EQ(db.create_topic("v").refused, refusal::none);
}

TEST(limits, of_channels_count_for_each_topic) {
  registration_db db{{}, {.channels_per_topic = 1}};
  auto const id = db.add_producer(peer("r1"), at(0));
  EXPECT_EQ(db.register_producer(id, "t", "c").refused, refusal::none);
  auto const refused = db.register_producer(id, "t", "d");
  EXPECT_EQ(refused.refused, refusal::too_many_channels);
  EXPECT_FALSE(refused.topic_added || refused.channel_added);
  EXPECT_EQ(db.create_channel("t", "d").refused, refusal::too_many_channels);
  EXPECT_EQ(list_channels(db, "t"), lines{"c"});
  EXPECT_EQ(db.register_producer(id, "t", "").refused, refusal::none);
  EXPECT_EQ(db.create_channel("t", "c").refused, refusal::none);
  EXPECT_EQ(db.create_channel("u", "d").refused, refusal::none);
  db.delete_channel("t", "c");
  EXPECT_EQ(db.register_producer(id, "t", "d").refused, refusal::none);
}

TEST(limits, refused_registers_leave_nothing_behind) {
  registration_db db{{}, {.channels_per_topic = 1}};
  auto const first = db.add_producer(peer("r1"), at(0));
  auto const second = db.add_producer(peer("r2"), at(0));
  db.register_producer(first, "t", "c");
  db.register_producer(second, "t", "d");
  EXPECT_EQ(list_registrations(db), (lines{"t: r1@0", "t/c: r1@0"}));
}

TEST(limits, of_zero_are_none) {
  registration_db db;
  auto const id = db.add_producer(peer("r1"), at(0));
  for (int number = 0; number < 1000; ++number) {
    EXPECT_EQ(db.register_producer(id, "t" + std::to_string(number), "c").refused, refusal::none);
    EXPECT_EQ(db.create_channel("t", "c" + std::to_string(number)).refused, refusal::none);
  }
}

TEST(limits, can_be_read) {
  registration_db const db{{}, {1, 2, 3}};
  EXPECT_EQ(db.configured_limits().registrations_per_producer, 1U);
  EXPECT_EQ(db.configured_limits().topics, 2U);
  EXPECT_EQ(db.configured_limits().channels_per_topic, 3U);
}

}  // namespace
}  // namespace nsqlookupd::registry
