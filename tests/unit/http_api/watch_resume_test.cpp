// SPDX-License-Identifier: MIT
//
// Clients of `/watch` that come back with the last index that they saw.
#include "watching.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <set>
#include <string>

namespace nsqlookupd::http_api {
namespace {

using namespace std::chrono_literals;

TEST_F(watch_test, is_resumed_where_it_was) {
  here.db.create_topic("a");
  here.db.create_topic("b");
  std::string const id = event_of("b").id;
  here.db.create_topic("c");
  here.db.create_channel("a", "x");
  for (std::string const& query :
       std::vector<std::string>{"topic=*", "topic=a&topic=b&topic=c&topic=none"}) {
    EXPECT_EQ(read_events(*watch(query, id)), events_of({"c", "a"})) << query;
    EXPECT_EQ(read_events(*watch(query + "&index=" + id)), events_of({"c", "a"})) << query;
  }
  EXPECT_EQ(read_events(*watch("topic=b", id)), events{});
  EXPECT_EQ(read_events(*watch("topic=b&index=" + id)), events{});
  EXPECT_EQ(read_events(*watch("topic=a", id)), events{event_of("a", true)});
}

TEST_F(watch_test, goes_by_the_header_where_both_are_given) {
  here.db.create_topic("a");
  auto const id = event_of("a").id;
  EXPECT_EQ(read_events(*watch("topic=a&index=1", id)), events{});
  EXPECT_EQ(read_events(*watch("topic=a&index=" + id, "1")).size(), 1U);
  // A header that is no index is that of another server.
  EXPECT_EQ(read_events(*watch("topic=a&index=" + id, "x")), events{});
  EXPECT_EQ(read_events(*watch("topic=a", "x")).size(), 1U);
}

TEST_F(watch_test, begins_anew_behind_an_index_of_the_future_and_0) {
  here.db.create_topic("a");
  auto const future = std::to_string(here.db.revision() + 1);
  for (auto const& index : {future, std::string{"0"}}) {
    EXPECT_EQ(read_events(*watch("topic=a", index)).size(), 1U) << index;
    EXPECT_EQ(read_events(*watch("topic=a&index=" + index)).size(), 1U) << index;
    EXPECT_EQ(read_events(*watch("topic=*", index)).size(), 1U) << index;
  }
}

TEST_F(watch_test, of_all_topics_is_resumed_with_those_that_are_gone) {
  here.db.create_topic("a");
  here.db.create_topic("b");
  auto const id = event_of("b").id;
  here.db.delete_topic("a");
  EXPECT_EQ(read_events(*watch("topic=*", id)), events_of({"a"}));
  EXPECT_EQ(event_of("a").event, "not_found");
}

// The last revision of before is not one of this registry, so nothing of it is remembered.
TEST_F(watch_test, is_resumed_over_a_restart) {
  here.db.create_topic("a");
  for (std::string const& query :
       std::vector<std::string>{"topic=*", "topic=a", "topic=a&topic=b"}) {
    auto const sent = read_events(*watch(query, "4000"));
    EXPECT_EQ(sent.back().id, event_of("a").id) << query;
  }
  EXPECT_EQ(read_events(*watch("topic=a&topic=b", "4000")), events_of({"b", "a"}));
}

// They have one index, behind which a client that comes back has seen all of them.
// Which topics went with the server of before is not known.
TEST_F(watch_test, of_all_topics_begins_anew_after_a_restart) {
  here.db.create_topic("a");
  EXPECT_EQ(read_events(*watch("topic=*", "4000")), (events{{"", "reset", "{}"}, event_of("a")}));
  EXPECT_EQ(read_events(*watch("topic=*", "5000")), events_of({"a"}));
  EXPECT_EQ(read_events(*watch("topic=a", "4000")), events{event_of("a", true)});
}

TEST_F(watch_test, of_all_topics_begins_anew_when_too_many_are_gone) {
  here.db.create_topic("a");
  fill(4097);
  auto const last = std::to_string(here.db.revision());
  for (int number = 0; number < 4097; ++number) {
    here.db.delete_topic(numbered("t", number));
    EXPECT_FALSE(here.db.reclaim(10));
    // One more than are remembered.
    auto const first = first_event(*watch("topic=*", last));
    ASSERT_EQ(first.size(), 1U);
    ASSERT_EQ(first.front().event, number == 4096 ? "reset" : "not_found") << number;
  }
  EXPECT_EQ(read_events(*watch("topic=*", last)), (events{{"", "reset", "{}"}, event_of("a")}));
}

TEST_F(watch_test, of_several_topics_that_never_were_has_one_index_at_the_end) {
  auto const stream = watch("topic=a&topic=b&topic=c");
  auto const first = first_event(*stream);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first.front().id, "");
  EXPECT_EQ(first.front().data, R"({"topic":"a","message":"TOPIC_NOT_FOUND"})");
  EXPECT_EQ(read_events(*stream),
            (events{{"", "not_found", R"({"topic":"b","message":"TOPIC_NOT_FOUND"})"},
                    {"5000", "not_found", R"({"topic":"c","message":"TOPIC_NOT_FOUND"})"}}));
  EXPECT_EQ(read_events(*watch("topic=a&topic=b&topic=c", "5000")), events{});
  EXPECT_EQ(read_events(*watch("topic=a&topic=b&topic=c", "4999")).size(), 3U);
}

TEST_F(watch_test, goes_on_where_it_was_cut) {
  registry::producer_id producer = here.add("a");
  fill(20);
  for (int number = 0; number < 20; ++number) {
    here.db.register_producer(producer, numbered("t", number), {});
  }
  std::string everything;
  for (int number = 0; number < 20; ++number) {
    everything += numbered(number == 0 ? "topic=t" : "&topic=t", number);
  }
  for (auto const& query : {std::string{"topic=*"}, everything}) {
    std::set<std::string> told;
    std::string last;
    auto const before = std::to_string(here.db.revision());
    // Each of the topics has changed, and the client loses its connection after each event.
    here.now += 301s;
    here.db.advance(here.now);
    last = before;
    for (int connection = 0; connection < 20; ++connection) {
      auto const next = first_event(*watch(query, last));
      ASSERT_EQ(next.size(), 1U) << query << " after " << connection;
      last = next.front().id;
      told.insert(topics_of(next).front());
    }
    EXPECT_EQ(told.size(), 20U) << query;
    EXPECT_EQ(read_events(*watch(query, last)), events{}) << query;
    here.db.ping(producer, here.now);
  }
}

TEST_F(watch_test, of_all_topics_is_resumed_within_the_topics_of_a_producer_with_very_many) {
  constexpr int very_many = 600;
  auto const producer = here.add("a");
  for (int number = 0; number < very_many; ++number) {
    here.db.register_producer(producer, numbered("t", number), {});
  }
  auto const before = std::to_string(here.db.revision());
  here.now += 301s;
  here.db.advance(here.now);
  ASSERT_TRUE(here.db.has_backlog());
  // Some topics have no index of their own yet.
  auto const first = first_event(*watch("topic=*", before));
  ASSERT_EQ(first.size(), 1U);
  std::set<std::string> told{topics_of(first).front()};
  auto const resumed = watch("topic=*", first.front().id);
  for (auto const& topic : topics_of(read_events(*resumed))) {
    told.insert(topic);
  }
  while (here.db.reclaim(100)) {
  }
  for (auto const& topic : topics_of(read_events(*resumed))) {
    told.insert(topic);
  }
  EXPECT_EQ(told.size(), static_cast<std::size_t>(very_many));
}

}  // namespace
}  // namespace nsqlookupd::http_api
