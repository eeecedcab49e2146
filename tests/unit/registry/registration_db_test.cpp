// SPDX-License-Identifier: MIT
//
// Registering, unregistering, disconnecting, creating and deleting.
#include <nsqlookupd/registry/names.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "registry_listings.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;

class registration_db_test : public testing::Test {
 protected:
  registration_db db;
  producer_id const first = db.add_producer(peer("r1"), at(1));
  producer_id const second = db.add_producer(peer("r2"), at(2));
};

TEST_F(registration_db_test, identifying_alone_is_in_nodes_and_clients_and_no_topic) {
  EXPECT_EQ(list_nodes(db, at(2)), (lines{"r1:", "r2:"}));
  EXPECT_EQ(list_clients(db), (lines{"r1@1000000000", "r2@2000000000"}));
  EXPECT_EQ(list_registrations(db), lines{});
  EXPECT_EQ(db.count_all().producers, 2U);
}

TEST_F(registration_db_test, register_of_a_channel_registers_the_topic_too) {
  auto const result = db.register_producer(first, "t", "c");
  EXPECT_TRUE(result.topic_added);
  EXPECT_TRUE(result.channel_added);
  EXPECT_EQ(result.refused, refusal::none);
  EXPECT_EQ(list_registrations(db), (lines{"t: r1@1000000000", "t/c: r1@1000000000"}));
  EXPECT_EQ(list_topics(db), lines{"t"});
  EXPECT_EQ(list_channels(db, "t"), lines{"c"});
  EXPECT_EQ(list_lookup(db, "t", at(2)), lines{"r1"});
  EXPECT_EQ(db.count_all().topics, 1U);
}

TEST_F(registration_db_test, register_of_a_topic_registers_no_channel) {
  auto const result = db.register_producer(first, "t", "");
  EXPECT_TRUE(result.topic_added);
  EXPECT_FALSE(result.channel_added);
  EXPECT_EQ(list_registrations(db), lines{"t: r1@1000000000"});
  EXPECT_EQ(list_channels(db, "t"), lines{});
}

TEST_F(registration_db_test, register_again_adds_nothing) {
  db.register_producer(first, "t", "c");
  auto const again = db.register_producer(first, "t", "c");
  EXPECT_FALSE(again.topic_added);
  EXPECT_FALSE(again.channel_added);
  EXPECT_EQ(list_registrations(db), (lines{"t: r1@1000000000", "t/c: r1@1000000000"}));
}

TEST_F(registration_db_test, register_says_which_of_both_is_new_for_this_producer) {
  db.register_producer(first, "t", "c");
  auto const other_channel = db.register_producer(first, "t", "d");
  EXPECT_FALSE(other_channel.topic_added);
  EXPECT_TRUE(other_channel.channel_added);
  auto const other_producer = db.register_producer(second, "t", "c");
  EXPECT_TRUE(other_producer.topic_added);
  EXPECT_TRUE(other_producer.channel_added);
}

TEST_F(registration_db_test, two_connections_of_one_nsqd_are_two_producers) {
  db.register_producer(first, "t", "");
  db.register_producer(second, "t", "");
  EXPECT_EQ(list_lookup(db, "t", at(2)), (lines{"r1", "r2"}));
  db.remove_producer(first);
  EXPECT_EQ(list_lookup(db, "t", at(2)), lines{"r2"});
}

TEST_F(registration_db_test, connections_from_one_remote_address_are_two_producers) {
  auto const twin = db.add_producer(peer("r1"), at(3));
  EXPECT_EQ(list_clients(db), (lines{"r1@1000000000", "r2@2000000000", "r1@3000000000"}));
  db.register_producer(twin, "t", "");
  db.remove_producer(first);
  EXPECT_EQ(list_nodes(db, at(3)), (lines{"r2:", "r1: t"}));
  db.remove_producer(twin);
  EXPECT_EQ(list_nodes(db, at(3)), lines{"r2:"});
  EXPECT_EQ(db.count_all().producers, 1U);
}

TEST_F(registration_db_test, unregister_of_a_channel_leaves_the_topic) {
  db.register_producer(first, "t", "c");
  EXPECT_TRUE(db.unregister_channel(first, "t", "c"));
  EXPECT_EQ(list_registrations(db), lines{"t: r1@1000000000"});
}

TEST_F(registration_db_test, unregister_of_a_topic_takes_off_all_of_its_channels) {
  for (auto const* const channel : {"d", "c", "e"}) {
    db.register_producer(first, "t", channel);
  }
  db.register_producer(first, "u", "c");
  db.register_producer(second, "t", "f");
  auto const result = db.unregister_topic(first, "t");
  EXPECT_TRUE(result.topic_removed);
  EXPECT_EQ(result.channels_removed, (lines{"c", "d", "e"}));
  EXPECT_EQ(list_registrations(db), (lines{"t: r2@2000000000", "t/f: r2@2000000000",
                                           "u: r1@1000000000", "u/c: r1@1000000000"}));
}

TEST_F(registration_db_test, unregister_of_a_topic_with_more_channels_than_the_producer_has) {
  for (char name = 'a'; name <= 'z'; ++name) {
    db.register_producer(second, "t", std::string(1, name));
  }
  for (auto const* const channel : {"x", "m", "b", "q", "e"}) {
    db.register_producer(first, "t", channel);
  }
  db.register_producer(first, "u", "m");
  EXPECT_EQ(db.unregister_topic(first, "t").channels_removed, (lines{"b", "e", "m", "q", "x"}));
  EXPECT_EQ(list_nodes(db, at(2)), (lines{"r1: u", "r2: t"}));
}

TEST_F(registration_db_test, unregister_of_a_topic_takes_off_as_many_channels_as_it_may) {
  for (auto const* const channel : {"a", "b", "c", "d", "e"}) {
    db.register_producer(first, "t", channel);
    db.register_producer(second, "t", channel);
  }
  std::vector<std::size_t> taken;
  lines channels;
  unregister_result result;
  result.more = true;
  while (result.more) {
    EXPECT_EQ(list_nodes(db, at(2)), (lines{"r1: t", "r2: t"}));
    EXPECT_FALSE(result.topic_removed);
    result = db.unregister_topic(first, "t", 2);
    EXPECT_TRUE(std::ranges::is_sorted(result.channels_removed));
    taken.push_back(result.channels_removed.size());
    channels.insert(channels.end(), result.channels_removed.begin(), result.channels_removed.end());
  }
  std::ranges::sort(channels);
  EXPECT_EQ(channels, (lines{"a", "b", "c", "d", "e"}));
  EXPECT_EQ(taken, (std::vector<std::size_t>{2, 2, 1}));
  EXPECT_TRUE(result.topic_removed);
  EXPECT_EQ(list_nodes(db, at(2)), (lines{"r1:", "r2: t"}));
}

TEST_F(registration_db_test, unregister_of_a_topic_leaves_it_with_the_last_channels_that_it_may) {
  db.register_producer(first, "t", "a");
  db.register_producer(first, "t", "b");
  auto const result = db.unregister_topic(first, "t", 2);
  EXPECT_TRUE(result.topic_removed);
  EXPECT_FALSE(result.more);
  EXPECT_EQ(list_nodes(db, at(2)), (lines{"r1:", "r2:"}));
}

TEST_F(registration_db_test, an_ephemeral_topic_stays_while_unregister_has_more_to_do) {
  db.register_producer(first, "t#ephemeral", "a");
  db.register_producer(first, "t#ephemeral", "b#ephemeral");
  EXPECT_TRUE(db.unregister_topic(first, "t#ephemeral", 1).more);
  EXPECT_EQ(list_topics(db), lines{"t#ephemeral"});
  EXPECT_FALSE(db.unregister_topic(first, "t#ephemeral", 1).more);
  EXPECT_EQ(list_topics(db), lines{});
}

TEST_F(registration_db_test, unregister_of_what_is_unknown_or_of_others_changes_nothing) {
  db.register_producer(first, "t", "c");
  auto const before = list_registrations(db);
  EXPECT_FALSE(db.unregister_channel(first, "u", "c"));
  EXPECT_FALSE(db.unregister_channel(first, "t", "d"));
  EXPECT_FALSE(db.unregister_channel(second, "t", "c"));
  for (auto const& result : {db.unregister_topic(first, "u"), db.unregister_topic(second, "t")}) {
    EXPECT_FALSE(result.topic_removed);
    EXPECT_EQ(result.channels_removed, lines{});
  }
  EXPECT_EQ(list_registrations(db), before);
}

TEST_F(registration_db_test, an_emptied_topic_and_channel_stay_listed) {
  db.register_producer(first, "t", "c");
  db.unregister_topic(first, "t");
  EXPECT_EQ(list_topics(db), lines{"t"});
  EXPECT_EQ(list_channels(db, "t"), lines{"c"});
  EXPECT_TRUE(db.has_topic("t"));
  EXPECT_EQ(list_lookup(db, "t", at(2)), lines{});
  EXPECT_EQ(list_registrations(db), lines{});
}

TEST_F(registration_db_test, an_emptied_topic_and_channel_stay_listed_after_a_disconnect) {
  db.register_producer(first, "t", "c");
  db.remove_producer(first);
  reclaim_all(db);
  EXPECT_EQ(list_topics(db), lines{"t"});
  EXPECT_EQ(list_channels(db, "t"), lines{"c"});
}

TEST_F(registration_db_test, an_ephemeral_channel_goes_with_its_last_unregister) {
  db.register_producer(first, "t", "c#ephemeral");
  db.register_producer(second, "t", "c#ephemeral");
  db.unregister_channel(first, "t", "c#ephemeral");
  EXPECT_EQ(list_channels(db, "t"), lines{"c#ephemeral"});
  db.unregister_channel(second, "t", "c#ephemeral");
  EXPECT_EQ(list_channels(db, "t"), lines{});
}

TEST_F(registration_db_test, an_ephemeral_channel_goes_with_the_last_unregister_of_its_topic) {
  db.register_producer(first, "t", "c#ephemeral");
  db.unregister_topic(first, "t");
  EXPECT_EQ(list_channels(db, "t"), lines{});
  EXPECT_EQ(list_topics(db), lines{"t"});
}

TEST_F(registration_db_test, an_ephemeral_topic_goes_with_its_last_unregister_channels_and_all) {
  db.register_producer(first, "t#ephemeral", "c");
  db.register_producer(second, "t#ephemeral", "");
  db.unregister_topic(first, "t#ephemeral");
  EXPECT_EQ(list_topics(db), lines{"t#ephemeral"});
  db.unregister_topic(second, "t#ephemeral");
  EXPECT_EQ(list_topics(db), lines{});
  EXPECT_EQ(list_all_channels(db), lines{});
  EXPECT_FALSE(db.has_topic("t#ephemeral"));
  db.create_topic("t#ephemeral");
  EXPECT_EQ(list_channels(db, "t#ephemeral"), lines{});
}

TEST_F(registration_db_test, ephemeral_ones_go_with_the_last_disconnect) {
  db.register_producer(first, "t#ephemeral", "c");
  db.register_producer(second, "t#ephemeral", "");
  db.register_producer(first, "u", "c#ephemeral");
  db.remove_producer(first);
  reclaim_all(db);
  EXPECT_EQ(list_topics(db), (lines{"t#ephemeral", "u"}));
  EXPECT_EQ(list_channels(db, "u"), lines{});
  db.remove_producer(second);
  reclaim_all(db);
  EXPECT_EQ(list_topics(db), lines{"u"});
  EXPECT_EQ(list_all_channels(db), lines{});
}

TEST_F(registration_db_test, an_unregister_by_anybody_removes_an_empty_ephemeral_one) {
  db.create_channel("t", "c#ephemeral");
  db.create_topic("u#ephemeral");
  EXPECT_FALSE(db.unregister_channel(first, "t", "c#ephemeral"));
  EXPECT_FALSE(db.unregister_topic(first, "u#ephemeral").topic_removed);
  EXPECT_EQ(list_channels(db, "t"), lines{});
  EXPECT_EQ(list_topics(db), lines{"t"});
}

TEST_F(registration_db_test, an_ephemeral_one_that_was_created_waits_for_its_producers) {
  db.create_channel("t#ephemeral", "c#ephemeral");
  EXPECT_EQ(list_topics(db), lines{"t#ephemeral"});
  EXPECT_EQ(list_channels(db, "t#ephemeral"), lines{"c#ephemeral"});
}

TEST_F(registration_db_test, a_disconnect_takes_the_producer_out_of_every_answer_at_once) {
  db.register_producer(first, "t", "c");
  db.register_producer(second, "t", "c");
  db.remove_producer(first);
  EXPECT_EQ(list_lookup(db, "t", at(2)), lines{"r2"});
  EXPECT_EQ(list_lookup(db, "*", at(2)), lines{"r2"});
  EXPECT_EQ(list_nodes(db, at(2)), lines{"r2: t"});
  EXPECT_EQ(list_clients(db), lines{"r2@2000000000"});
  EXPECT_EQ(list_registrations(db), (lines{"t: r2@2000000000", "t/c: r2@2000000000"}));
  EXPECT_EQ(db.count_all().producers, 1U);
}

TEST_F(registration_db_test, a_reconnected_producer_starts_anew) {
  db.register_producer(first, "t", "c");
  db.remove_producer(first);
  auto const again = db.add_producer(peer("r1"), at(3));
  EXPECT_EQ(list_nodes(db, at(3)), (lines{"r1:", "r2:"}));
  EXPECT_TRUE(db.register_producer(again, "t", "c").channel_added);
  reclaim_all(db);
  EXPECT_EQ(list_registrations(db), (lines{"t: r1@3000000000", "t/c: r1@3000000000"}));
}

TEST_F(registration_db_test, create_lists_a_topic_and_a_channel_once) {
  EXPECT_TRUE(db.create_topic("t").topic_added);
  EXPECT_FALSE(db.create_topic("t").topic_added);
  auto const known_topic = db.create_channel("t", "c");
  EXPECT_FALSE(known_topic.topic_added);
  EXPECT_TRUE(known_topic.channel_added);
  EXPECT_FALSE(db.create_channel("t", "c").channel_added);
  EXPECT_EQ(list_topics(db), lines{"t"});
  EXPECT_EQ(list_channels(db, "t"), lines{"c"});
}

TEST_F(registration_db_test, create_of_a_channel_creates_its_topic) {
  auto const result = db.create_channel("t", "c");
  EXPECT_TRUE(result.topic_added);
  EXPECT_TRUE(result.channel_added);
  EXPECT_EQ(list_topics(db), lines{"t"});
}

TEST_F(registration_db_test, create_leaves_the_producers_of_what_exists) {
  db.register_producer(first, "t", "c");
  auto const before = list_registrations(db);
  db.create_topic("t");
  db.create_channel("t", "c");
  EXPECT_EQ(list_registrations(db), before);
}

TEST_F(registration_db_test, delete_of_a_topic_takes_its_channels_and_producers_along) {
  db.register_producer(first, "t", "d");
  db.register_producer(second, "t", "c");
  db.register_producer(second, "u", "c");
  EXPECT_TRUE(db.delete_topic("t"));
  EXPECT_EQ(list_topics(db), lines{"u"});
  EXPECT_EQ(list_all_channels(db), lines{"c"});
  EXPECT_EQ(list_nodes(db, at(2)), (lines{"r1:", "r2: u"}));
  EXPECT_EQ(list_lookup(db, "t", at(2)), lines{});
  EXPECT_EQ(list_lookup(db, "*", at(2)), lines{"r2"});
  EXPECT_EQ(list_registrations(db), (lines{"u: r2@2000000000", "u/c: r2@2000000000"}));
}

TEST_F(registration_db_test, a_deleted_topic_comes_back_with_a_register) {
  db.register_producer(first, "t", "c");
  db.delete_topic("t");
  EXPECT_TRUE(db.register_producer(first, "t", "").topic_added);
  EXPECT_EQ(list_nodes(db, at(2)), (lines{"r1: t", "r2:"}));
  EXPECT_EQ(list_channels(db, "t"), lines{});
  reclaim_all(db);
  EXPECT_EQ(list_registrations(db), lines{"t: r1@1000000000"});
}

TEST_F(registration_db_test, delete_of_a_channel_leaves_the_topic_and_its_producers) {
  db.register_producer(first, "t", "c");
  db.register_producer(second, "t", "c");
  EXPECT_TRUE(db.delete_channel("t", "c"));
  EXPECT_EQ(list_channels(db, "t"), lines{});
  EXPECT_EQ(list_lookup(db, "t", at(2)), (lines{"r1", "r2"}));
  EXPECT_TRUE(db.register_producer(first, "t", "c").channel_added);
}

TEST_F(registration_db_test, delete_of_the_unknown_says_so) {
  db.create_topic("t");
  EXPECT_FALSE(db.delete_topic("u"));
  EXPECT_FALSE(db.delete_channel("u", "c"));
  EXPECT_FALSE(db.delete_channel("t", "c"));
  EXPECT_EQ(list_topics(db), lines{"t"});
}

TEST_F(registration_db_test, the_wildcard_deletes_nothing) {
  db.register_producer(first, "t", "c");
  EXPECT_FALSE(db.delete_topic(any_topic));
  EXPECT_FALSE(db.delete_channel(any_topic, "c"));
  EXPECT_FALSE(db.delete_channel("t", any_topic));
  EXPECT_EQ(list_channels(db, "t"), lines{"c"});
}

}  // namespace
}  // namespace nsqlookupd::registry
