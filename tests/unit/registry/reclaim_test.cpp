// SPDX-License-Identifier: MIT
//
// How a departed producer's registrations end, and how the memory of deleted topics is given back.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "recorded_changes.hpp"
#include "registry_listings.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;

constexpr std::size_t plenty = 10'000;

// Fewer registrations end as their producer leaves; so many, and more, in slices.
constexpr int many = 64;

class reclaim_test : public testing::Test {
 protected:
  registration_db db;
  producer_id const id = db.add_producer(peer("r1"), at(0));
  recorded_changes told{db};

  lines told_sorted() {
    auto sorted = told.take();
    std::ranges::sort(sorted);
    return sorted;
  }

  void register_topics(producer_id producer, int count) {
    for (int number = 0; number < count; ++number) {
      db.register_producer(producer, "t" + std::to_string(number), "");
    }
    told.take();
  }

  // How many calls with this budget it takes until nothing is left.
  int slices(std::size_t budget) {
    int count = 1;
    while (db.reclaim(budget) && count < 10'000) {
      ++count;
    }
    return count;
  }
};

TEST_F(reclaim_test, has_nothing_to_do_at_first) {
  db.register_producer(id, "t", "c");
  told.take();
  EXPECT_FALSE(db.reclaim(0));
  EXPECT_FALSE(db.reclaim(plenty));
  EXPECT_EQ(told.take(), lines{});
}

TEST_F(reclaim_test, is_called_for_until_all_is_given_back) {
  db.register_producer(id, "t#ephemeral", "c");
  EXPECT_FALSE(db.has_backlog());
  db.unregister_topic(id, "t#ephemeral");
  EXPECT_TRUE(db.has_backlog());
  db.reclaim(plenty);
  EXPECT_FALSE(db.has_backlog());
  db.create_channel("t", "c");
  db.delete_topic("t");
  EXPECT_TRUE(db.has_backlog());
  db.reclaim(plenty);
  EXPECT_FALSE(db.has_backlog());
  register_topics(id, many);
  db.remove_producer(id);
  EXPECT_TRUE(db.has_backlog());
  db.reclaim(plenty);
  EXPECT_FALSE(db.has_backlog());
}

TEST_F(reclaim_test, is_not_needed_for_a_producer_with_few_registrations) {
  register_topics(id, many - 1);
  db.remove_producer(id);
  EXPECT_FALSE(db.has_backlog());
  EXPECT_EQ(told.take().size(), std::size_t{many});
  EXPECT_EQ(list_registrations(db), lines{});
}

TEST_F(reclaim_test, of_many_registrations_leaves_off_where_it_has_had_enough) {
  register_topics(id, 600);
  db.remove_producer(id);
  EXPECT_EQ(told.take(), lines{"producer_removed r1"});
  EXPECT_EQ(db.departed_registrations(), 600U);
  EXPECT_TRUE(db.reclaim(592));
  EXPECT_EQ(told.take().size(), 592U);
  EXPECT_EQ(db.departed_registrations(), 8U);
  EXPECT_TRUE(db.reclaim(0));
  EXPECT_EQ(told.take().size(), 0U);
  EXPECT_TRUE(db.reclaim(8));
  EXPECT_EQ(told.take().size(), 8U);
  // One for the producer.
  EXPECT_FALSE(db.reclaim(1));
  EXPECT_EQ(told.take().size(), 0U);
}

TEST_F(reclaim_test, leaves_no_answer_waiting) {
  register_topics(id, 600);
  db.remove_producer(id);
  EXPECT_EQ(list_lookup(db, "t0", at(0)), lines{});
  EXPECT_EQ(list_lookup(db, "*", at(0)), lines{});
  EXPECT_EQ(list_nodes(db, at(0)), lines{});
  EXPECT_EQ(list_registrations(db), lines{});
  EXPECT_EQ(db.count_all().registrations, 0U);
}

TEST_F(reclaim_test, tells_of_the_producer_first_and_then_of_what_it_had) {
  db.register_producer(id, "t", "c");
  db.register_producer(id, "t", "d");
  told.take();
  db.remove_producer(id, "reset by peer");
  auto const all = told.take_with_causes();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all.front(), "producer_removed r1 by reset by peer at 0");
  auto sorted = all;
  std::ranges::sort(sorted);
  EXPECT_EQ(sorted, (lines{"producer_removed r1 by reset by peer at 0",
                           "unregistered t r1 by reset by peer at 0",
                           "unregistered t/c r1 by reset by peer at 0",
                           "unregistered t/d r1 by reset by peer at 0"}));
}

TEST_F(reclaim_test, gives_each_producer_its_own_cause) {
  auto const second = db.add_producer(peer("r2"), at(0));
  register_topics(id, many);
  register_topics(second, many);
  db.remove_producer(id, "EOF");
  db.remove_producer(second, "idle");
  db.create_topic("x", "POST /topic/create");
  told.take();
  db.reclaim(plenty);
  auto const all = told.take_with_causes();
  ASSERT_EQ(all.size(), 2U * many);
  EXPECT_EQ(all[0], "unregistered t63 r1 by EOF at 0");
  EXPECT_EQ(all[many - 1], "unregistered t0 r1 by EOF at 0");
  EXPECT_EQ(all[many], "unregistered t63 r2 by idle at 0");
  EXPECT_EQ(all[2 * many - 1], "unregistered t0 r2 by idle at 0");
}

TEST_F(reclaim_test, tells_of_no_channel_of_an_ephemeral_topic_that_goes_before_it) {
  db.register_producer(id, "first", "");
  db.register_producer(id, "t#ephemeral", "c");
  // The last one takes its place, so that the topic is the last.
  db.unregister_topic(id, "first");
  told.take();
  db.remove_producer(id);
  EXPECT_EQ(told.take(), (lines{"producer_removed r1", "unregistered t#ephemeral r1",
                                "topic_removed t#ephemeral"}));
  EXPECT_EQ(db.count_all().topics, 1U);
  // The channel, and the topic.
  EXPECT_EQ(slices(1), 2);
  EXPECT_EQ(told.take(), lines{});
}

TEST_F(reclaim_test, tells_only_of_what_is_still_registered) {
  db.register_producer(id, "t", "c");
  db.register_producer(id, "u", "c");
  db.unregister_topic(id, "u");
  told.take();
  db.remove_producer(id);
  EXPECT_EQ(told_sorted(),
            (lines{"producer_removed r1", "unregistered t r1", "unregistered t/c r1"}));
}

TEST_F(reclaim_test, does_not_tell_of_what_was_deleted) {
  db.register_producer(id, "t", "c");
  db.register_producer(id, "u", "c");
  db.delete_topic("t");
  db.delete_channel("u", "c");
  told.take();
  db.remove_producer(id);
  EXPECT_EQ(told.take(), (lines{"producer_removed r1", "unregistered u r1"}));
}

TEST_F(reclaim_test, takes_producers_in_the_order_in_which_they_departed) {
  auto const second = db.add_producer(peer("a"), at(0));
  auto const third = db.add_producer(peer("z"), at(0));
  auto const order = std::vector{third, id, second};
  for (auto const producer : order) {
    register_topics(producer, many);
  }
  for (auto const producer : order) {
    db.remove_producer(producer);
  }
  told.take();
  db.reclaim(plenty);
  auto const all = told.take();
  ASSERT_EQ(all.size(), 3U * many);
  EXPECT_EQ(all[0], "unregistered t63 z");
  EXPECT_EQ(all[many], "unregistered t63 r1");
  EXPECT_EQ(all[2 * many], "unregistered t63 a");
}

TEST_F(reclaim_test, of_a_departed_producer_moves_the_indexes_of_its_topics_only_as_it_leaves) {
  register_topics(id, 600);
  db.create_topic("other");
  auto const other = db.lookup_changed("other");
  auto const nodes = [&] { return db.nodes_changed(); };
  db.remove_producer(id);
  auto const left = db.revision();
  auto const at_once_nodes = nodes();
  EXPECT_GT(db.lookup_changed("t0"), other);
  db.reclaim(plenty);
  EXPECT_GT(db.revision(), left);
  EXPECT_EQ(nodes(), at_once_nodes);
  EXPECT_EQ(db.lookup_changed("other"), other);
}

TEST_F(reclaim_test, spends_one_for_each_channel_and_registration_of_a_deleted_topic) {
  for (int number = 0; number < 10; ++number) {
    db.create_channel("t", "c" + std::to_string(number));
  }
  db.register_producer(id, "t", "c0");
  db.delete_topic("t");
  told.take();
  EXPECT_EQ(slices(1), 10 + 2 + 1);
  EXPECT_EQ(told.take(), lines{});
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
  told.take();
  db.remove_producer(id);
  slices(1);
  EXPECT_EQ(told.take(), lines{"producer_removed r1"});
  EXPECT_EQ(list_topics(db), lines{});
  EXPECT_EQ(list_nodes(db, at(0)), lines{"r2:"});
}

TEST_F(reclaim_test, leaves_an_ephemeral_topic_that_somebody_joined_in_time) {
  db.register_producer(id, "t#ephemeral", "");
  register_topics(id, 600);
  db.remove_producer(id);
  db.register_producer(db.add_producer(peer("r2"), at(0)), "t#ephemeral", "");
  db.reclaim(plenty);
  EXPECT_EQ(list_nodes(db, at(0)), lines{"r2: t#ephemeral"});
}

TEST_F(reclaim_test, is_not_needed_before_the_registry_ends) {
  db.register_producer(id, "t", "c");
  register_topics(id, 600);
  db.register_producer(db.add_producer(peer("r2"), at(0)), "t", "c");
  db.register_producer(db.add_producer(peer("r3"), at(0)), "u", "c");
  db.delete_topic("t");
  db.remove_producer(id);
  EXPECT_TRUE(db.has_backlog());
  EXPECT_TRUE(db.has_topic("u"));
}

}  // namespace
}  // namespace nsqlookupd::registry
