// SPDX-License-Identifier: MIT
//
// How what departed producers and deleted topics held is given back, and what is reported of it.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "registry_listings.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;

constexpr std::size_t plenty = 1000;

class reclaim_test : public testing::Test {
 protected:
  registration_db db;
  producer_id const id = db.add_producer(peer("r1"), at(0));
  lines reported;
  lost_registration_sink const sink = [this](lost_registration const& lost) {
    reported.push_back(std::string{lost.remote_address} + ' ' + std::string{lost.category} + ':' +
                       std::string{lost.topic} + ':' + std::string{lost.channel});
  };

  lines reported_sorted() const {
    auto sorted = reported;
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }

  // How many calls with this budget it takes until nothing is left.
  int slices(std::size_t budget) {
    int count = 1;
    while (db.reclaim(budget, sink) && count < 1000) {
      ++count;
    }
    return count;
  }
};

TEST_F(reclaim_test, has_nothing_to_do_at_first) {
  db.register_producer(id, "t", "c");
  EXPECT_FALSE(db.reclaim(0, sink));
  EXPECT_FALSE(db.reclaim(plenty, sink));
  EXPECT_EQ(reported, lines{});
}

TEST_F(reclaim_test, is_called_for_by_what_departed_until_all_is_given_back) {
  db.register_producer(id, "t#ephemeral", "c");
  EXPECT_FALSE(db.has_departed());
  db.unregister_topic(id, "t#ephemeral");
  EXPECT_TRUE(db.has_departed());
  db.reclaim(plenty, sink);
  EXPECT_FALSE(db.has_departed());
  db.create_channel("t", "c");
  db.delete_topic("t");
  EXPECT_TRUE(db.has_departed());
  db.reclaim(plenty, sink);
  EXPECT_FALSE(db.has_departed());
  db.remove_producer(id);
  EXPECT_TRUE(db.has_departed());
  db.reclaim(plenty, sink);
  EXPECT_FALSE(db.has_departed());
}

TEST_F(reclaim_test, reports_what_was_lost_and_the_client_last) {
  db.register_producer(id, "t", "c");
  db.register_producer(id, "t", "d");
  db.remove_producer(id);
  EXPECT_EQ(reported, lines{});
  EXPECT_FALSE(db.reclaim(plenty, sink));
  EXPECT_EQ(reported.back(), "r1 client::");
  EXPECT_EQ(reported_sorted(),
            (lines{"r1 channel:t:c", "r1 channel:t:d", "r1 client::", "r1 topic:t:"}));
}

TEST_F(reclaim_test, reports_channels_of_an_ephemeral_topic_that_goes_before_them) {
  for (int number = 0; number < 20; ++number) {
    db.register_producer(id, "t#ephemeral", "c" + std::to_string(number));
  }
  db.remove_producer(id);
  EXPECT_EQ(slices(1), 22 + 21);
  EXPECT_EQ(reported.size(), 22U);
  EXPECT_EQ(list_topics(db), lines{});
}

TEST_F(reclaim_test, reports_only_what_is_still_registered) {
  db.register_producer(id, "t", "c");
  db.register_producer(id, "u", "c");
  db.unregister_topic(id, "u");
  db.remove_producer(id);
  db.reclaim(plenty, sink);
  EXPECT_EQ(reported_sorted(), (lines{"r1 channel:t:c", "r1 client::", "r1 topic:t:"}));
}

TEST_F(reclaim_test, does_not_report_what_was_deleted) {
  db.register_producer(id, "t", "c");
  db.register_producer(id, "u", "c");
  db.delete_topic("t");
  db.delete_channel("u", "c");
  db.remove_producer(id);
  db.reclaim(plenty, sink);
  EXPECT_EQ(reported, (lines{"r1 topic:u:", "r1 client::"}));
}

TEST_F(reclaim_test, takes_producers_in_the_order_in_which_they_departed) {
  auto const second = db.add_producer(peer("a"), at(0));
  auto const third = db.add_producer(peer("z"), at(0));
  for (auto const producer : {third, id, second}) {
    db.remove_producer(producer);
  }
  db.reclaim(plenty, sink);
  EXPECT_EQ(reported, (lines{"z client::", "r1 client::", "a client::"}));
}

TEST_F(reclaim_test, needs_no_sink) {
  db.register_producer(id, "t", "c#ephemeral");
  db.remove_producer(id);
  EXPECT_FALSE(db.reclaim(plenty, {}));
  EXPECT_EQ(list_channels(db, "t"), lines{});
}

TEST_F(reclaim_test, spends_one_for_each_registration_and_one_for_the_producer) {
  for (auto const* const topic : {"t", "u", "v"}) {
    db.register_producer(id, topic, "");
  }
  db.remove_producer(id);
  EXPECT_TRUE(db.reclaim(0, sink));
  EXPECT_EQ(reported.size(), 0U);
  EXPECT_TRUE(db.reclaim(2, sink));
  EXPECT_EQ(reported.size(), 2U);
  EXPECT_TRUE(db.reclaim(1, sink));
  EXPECT_EQ(reported.size(), 3U);
  EXPECT_FALSE(db.reclaim(1, sink));
  EXPECT_EQ(reported.size(), 4U);
}

TEST_F(reclaim_test, says_how_many_registrations_it_has_to_give_back) {
  auto const other = db.add_producer(peer("r2"), at(0));
  for (auto const producer : {id, other}) {
    db.register_producer(producer, "t", "c");
  }
  EXPECT_EQ(db.departed_registrations(), 0U);
  db.remove_producer(id);
  EXPECT_EQ(db.departed_registrations(), 2U);
  db.delete_channel("t", "c");
  EXPECT_EQ(db.departed_registrations(), 1U);
  db.remove_producer(other);
  EXPECT_EQ(db.departed_registrations(), 2U);
  db.reclaim(1, sink);
  EXPECT_EQ(db.departed_registrations(), 1U);
  db.reclaim(plenty, sink);
  EXPECT_EQ(db.departed_registrations(), 0U);
}

TEST_F(reclaim_test, of_a_departed_producer_changes_no_answer) {
  db.register_producer(id, "t", "c");
  db.remove_producer(id);
  auto const revision = db.revision();
  EXPECT_FALSE(db.reclaim(plenty, sink));
  EXPECT_EQ(db.revision(), revision);
}

TEST_F(reclaim_test, spends_on_producers_that_registered_nothing) {
  db.remove_producer(id);
  for (int number = 2; number <= 10; ++number) {
    db.remove_producer(db.add_producer(peer("r" + std::to_string(number)), at(0)));
  }
  db.remove_producer(db.add_producer(peer("last"), at(0)));
  EXPECT_TRUE(db.reclaim(4, sink));
  EXPECT_EQ(reported.size(), 4U);
  EXPECT_EQ(slices(4), 2);
  EXPECT_EQ(reported.size(), 11U);
}

TEST_F(reclaim_test, spends_one_for_each_channel_and_registration_of_a_deleted_topic) {
  for (int number = 0; number < 10; ++number) {
    db.create_channel("t", "c" + std::to_string(number));
  }
  db.register_producer(id, "t", "c0");
  db.delete_topic("t");
  EXPECT_EQ(slices(1), 10 + 2 + 1);
  EXPECT_EQ(reported, lines{});
  EXPECT_EQ(list_nodes(db, at(0)), lines{"r1:"});
}

TEST_F(reclaim_test, takes_a_deleted_topic_apart_while_its_successor_lives) {
  db.register_producer(id, "t", "c");
  db.delete_topic("t");
  db.register_producer(id, "t", "d");
  db.delete_topic("t");
  db.register_producer(id, "t", "e");
  EXPECT_EQ(slices(1), 4 + 4);
  EXPECT_EQ(list_registrations(db), (lines{"t: r1@0", "t/e: r1@0"}));
}

TEST_F(reclaim_test, of_a_departed_producer_on_a_deleted_topic) {
  auto const other = db.add_producer(peer("r2"), at(0));
  db.register_producer(id, "t#ephemeral", "c#ephemeral");
  db.register_producer(other, "t#ephemeral", "c#ephemeral");
  db.delete_topic("t#ephemeral");
  db.remove_producer(id);
  while (db.reclaim(1, sink)) {
  }
  EXPECT_EQ(reported, lines{"r1 client::"});
  EXPECT_EQ(list_topics(db), lines{});
  EXPECT_EQ(list_nodes(db, at(0)), lines{"r2:"});
}

TEST_F(reclaim_test, leaves_an_ephemeral_topic_that_somebody_joined_in_time) {
  db.register_producer(id, "t#ephemeral", "");
  db.remove_producer(id);
  db.register_producer(db.add_producer(peer("r2"), at(0)), "t#ephemeral", "");
  db.reclaim(plenty, sink);
  EXPECT_EQ(list_nodes(db, at(0)), lines{"r2: t#ephemeral"});
}

TEST_F(reclaim_test, is_not_needed_before_the_registry_ends) {
  db.register_producer(id, "t", "c");
  db.register_producer(db.add_producer(peer("r2"), at(0)), "t", "c");
  db.register_producer(db.add_producer(peer("r3"), at(0)), "u", "c");
  db.delete_topic("t");
  db.remove_producer(id);
  EXPECT_EQ(list_topics(db), lines{"u"});
}

}  // namespace
}  // namespace nsqlookupd::registry
