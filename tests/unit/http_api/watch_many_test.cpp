// SPDX-License-Identifier: MIT
//
// `/watch` where there is much to look up: many topics, and topics of many producers.
#include "watching.hpp"
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

namespace nsqlookupd::http_api {
namespace {

TEST_F(watch_test, of_many_topics_comes_in_the_order_of_their_indexes) {
  constexpr int very_many = 5000;
  fill(very_many);
  for (int number = 0; number < very_many; number += 3) {
    here.db.create_channel(numbered("t", number), "c");
  }
  auto const stream = watch("topic=*");
  auto const all = read_events(*stream, 100);
  EXPECT_EQ(all.size(), static_cast<std::size_t>(very_many));
  expect_in_order(all);
  EXPECT_EQ(read_events(*stream), events{});
  for (int number = 0; number < very_many; ++number) {
    here.db.create_channel(numbered("t", number), "d");
  }
  // The journal does not remember them all.
  auto const again = read_events(*stream, 100);
  EXPECT_EQ(again.size(), static_cast<std::size_t>(very_many));
  expect_in_order(again);
}

TEST_F(watch_test, of_many_changes_of_one_topic_is_one_event) {
  here.db.create_topic("t");
  auto const all = watch("topic=*");
  read_events(*all);
  for (int change = 0; change < 900; ++change) {
    here.db.create_channel("t", "c");
    here.db.delete_channel("t", "c");
  }
  EXPECT_EQ(read_events(*all), events_of({"t"}));
}

TEST_F(watch_test, may_change_while_the_topics_are_looked_for) {
  fill(3000);
  auto const stream = watch("topic=*");
  EXPECT_EQ(stream->write_some(1000), state::busy);
  here.db.delete_topic("t0");
  here.db.delete_topic("t2999");
  here.db.create_topic("new");
  here.db.create_topic("zzz");
  auto const all = read_events(*stream, 100);
  expect_in_order(all);
  std::set<std::string> last_states;
  for (auto const& each : all) {
    last_states.insert(topics_of({each}).front() + ' ' + each.event);
  }
  EXPECT_EQ(last_states.count("new lookup"), 1U);
  EXPECT_EQ(last_states.count("zzz lookup"), 1U);
  EXPECT_EQ(last_states.count("t0 not_found"), 1U);
  EXPECT_EQ(last_states.count("t2999 lookup"), 0U);
}

// Changes that are forgotten while they are read.
TEST_F(watch_test, outlives_a_journal_that_forgets) {
  fill(10);
  auto const stream = watch("topic=*");
  read_events(*stream);
  for (int number = 0; number < 500; ++number) {
    here.db.create_topic(numbered("first", number));
  }
  EXPECT_EQ(stream->write_some(100), state::busy);
  for (int number = 0; number < 2000; ++number) {
    here.db.create_topic(numbered("second", number));
  }
  auto const all = read_events(*stream, 100);
  expect_in_order(all);
  auto const topics = topics_of(all);
  EXPECT_EQ(std::set<std::string>(topics.begin(), topics.end()).size(), 2500U);
}

// They have one index. A client that is slow must get past the first of them, too.
TEST_F(watch_test, of_very_many_topics_that_never_were_tells_of_each) {
  constexpr std::size_t very_many = 600;
  std::string query = "topic=none0";
  for (int number = 1; number < static_cast<int>(very_many); ++number) {
    query += "&topic=" + numbered("none", number);
  }
  auto const quick = watch(query);
  auto const all = read_events(*quick, 100);
  auto const topics = topics_of(all);
  EXPECT_EQ(all.size(), very_many);
  EXPECT_EQ(std::set<std::string>(topics.begin(), topics.end()).size(), very_many);

  auto const slow = watch(query);
  events one_by_one;
  while (one_by_one.size() <= very_many) {
    auto const next = first_event(*slow);
    if (next.empty()) {
      break;
    }
    one_by_one.insert(one_by_one.end(), next.begin(), next.end());
    slow->release();
  }
  EXPECT_EQ(one_by_one, all);
}

struct long_lookup_test : watch_test {
  long_lookup_test() {
    for (int number = 0; number < 3000; ++number) {
      here.add_to("t", numbered("host-", number));
    }
  }
};

TEST_F(long_lookup_test, is_written_in_several_turns) {
  auto const stream = watch("topic=t");
  int turns = 0;
  while (stream->write_some(100) == state::busy) {
    ++turns;
    ASSERT_LT(turns, 10'000);
  }
  EXPECT_GT(turns, 20);
  auto const sent = take_events(*stream);
  EXPECT_EQ(sent, events{event_of("t", true)});
  EXPECT_EQ(stream->write_some(100), state::idle);
}

TEST_F(long_lookup_test, is_written_once_for_all_who_watch) {
  auto const first = watch("topic=t");
  auto const sent = read_events(*first, 100);
  auto const second = watch("topic=t");
  auto const third = watch("topic=t");
  EXPECT_EQ(second->write_some(10), state::ready);
  EXPECT_EQ(third->write_some(10), state::ready);
  auto const text = second->take();
  ASSERT_NE(text.shared, nullptr);
  EXPECT_EQ(text.shared, third->take().shared);
  // Named and unnamed events are not the same.
  auto const named = watch("topic=t&topic=none");
  EXPECT_EQ(read_events(*named, 100).back(), event_of("t"));
}

TEST_F(long_lookup_test, that_changes_while_it_is_written_is_begun_anew) {
  auto const stream = watch("topic=t");
  EXPECT_EQ(stream->write_some(1000), state::busy);
  here.db.create_channel("t", "new");
  auto const all = read_events(*stream, 1000);
  EXPECT_EQ(all, events{event_of("t", true)});
}

TEST_F(long_lookup_test, that_changes_all_the_time_is_sent_all_the_same) {
  auto const stream = watch("topic=t");
  int turns = 0;
  while (stream->write_some(1000) != state::ready) {
    here.db.create_channel("t", numbered("c", ++turns));
    ASSERT_LT(turns, 100);
  }
  EXPECT_GT(turns, 5);
  auto const torn = take_events(*stream);
  ASSERT_EQ(torn.size(), 1U);
  EXPECT_LT(std::stoull(torn.front().id), here.db.lookup_changed("t"));
  // Then the last state, when there is rest.
  EXPECT_EQ(read_events(*stream, 1000), events{event_of("t", true)});
}

TEST_F(long_lookup_test, of_a_topic_that_goes_meanwhile_ends_with_that) {
  auto const stream = watch("topic=t");
  EXPECT_EQ(stream->write_some(1000), state::busy);
  here.db.delete_topic("t");
  EXPECT_EQ(read_events(*stream, 1000),
            (events{{event_of("t").id, "not_found", R"({"message":"TOPIC_NOT_FOUND"})"}}));
}

}  // namespace
}  // namespace nsqlookupd::http_api
