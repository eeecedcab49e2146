// SPDX-License-Identifier: MIT
//
// `/watch`: the lookup of each topic, at first and whenever it changes.
#include "watching.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

TEST_F(watch_test, says_what_it_is) {
  auto const reply = here.respond({"GET", "/watch?topic=t"});
  EXPECT_EQ(reply.status, 200U);
  EXPECT_NE(reply.headers.find("Content-Type: text/event-stream\r\n"), std::string::npos);
  EXPECT_NE(reply.headers.find("Cache-Control: no-cache\r\n"), std::string::npos);
}

TEST_F(watch_test, refuses_wrong_arguments) {
  struct {
    std::string_view query;
    std::string_view code;
  } const cases[] = {{"", "MISSING_ARG_TOPIC"},
                     {"?topics=t", "MISSING_ARG_TOPIC"},
                     {"?topic=", "INVALID_ARG_TOPIC"},
                     {"?topic=a%20b", "INVALID_ARG_TOPIC"},
                     {"?topic=t&topic=**", "INVALID_ARG_TOPIC"},
                     {"?topic=*&topic=!", "INVALID_ARG_TOPIC"},
                     {"?topic=t&index=x", "INVALID_ARG_INDEX"},
                     {"?topic=t&index=-1", "INVALID_ARG_INDEX"},
                     {"?topic=t&index=", "INVALID_ARG_INDEX"},
                     {"?topic=!&index=x", "INVALID_ARG_TOPIC"},
                     {"?topic=%zz", "INVALID_REQUEST"}};
  for (auto const& [query, code] : cases) {
    auto const answer = here.get("/watch" + std::string{query});
    EXPECT_EQ(answer.status, 400U) << query;
    EXPECT_EQ(answer.body, R"({"message":")" + std::string{code} + R"("})") << query;
  }
}

TEST_F(watch_test, of_one_topic_has_the_body_of_its_lookup) {
  here.db.create_channel("t", "c");
  auto const id = here.add_to("t", "a");
  auto const stream = watch("topic=t");
  EXPECT_EQ(stream->keys().size(), 1U);
  EXPECT_EQ(stream->keys().front(), "t");
  auto const first = event_of("t", true);
  EXPECT_EQ(first.data, R"({"channels":["c"],"producers":[)" + producer_json("a") + "]}");
  EXPECT_EQ(read_events(*stream), events{first});
  EXPECT_EQ(read_events(*stream), events{});
  here.db.remove_producer(id);
  EXPECT_EQ(read_events(*stream), events{event_of("t", true)});
}

TEST_F(watch_test, of_a_topic_that_there_is_not_says_so) {
  auto const stream = watch("topic=t");
  EXPECT_EQ(read_events(*stream),
            (events{{"5000", "not_found", R"({"message":"TOPIC_NOT_FOUND"})"}}));
  here.db.create_topic("u");
  EXPECT_EQ(read_events(*stream), events{});
  here.db.create_topic("t");
  EXPECT_EQ(read_events(*stream),
            (events{{"5002", "lookup", R"({"channels":[],"producers":[]})"}}));
  here.db.delete_topic("t");
  EXPECT_EQ(read_events(*stream),
            (events{{"5003", "not_found", R"({"message":"TOPIC_NOT_FOUND"})"}}));
}

TEST_F(watch_test, of_several_topics_names_them) {
  here.add_to("b", "host");
  here.db.create_topic("a");
  here.db.create_topic("e#ephemeral");
  auto const stream = watch("topic=b&topic=a&topic=none&topic=e%23ephemeral&topic=a");
  EXPECT_EQ(strings(stream->keys().begin(), stream->keys().end()),
            (strings{"a", "b", "e#ephemeral", "none"}));
  auto const first = read_events(*stream);
  // The one first whose index is least.
  EXPECT_EQ(first, events_of({"none", "b", "a", "e#ephemeral"}));
  EXPECT_EQ(first.front().data, R"({"topic":"none","message":"TOPIC_NOT_FOUND"})");
  EXPECT_EQ(first.back().data, R"({"topic":"e#ephemeral","channels":[],"producers":[]})");
  here.db.create_topic("c");
  here.db.create_channel("a", "c");
  EXPECT_EQ(read_events(*stream), events_of({"a"}));
}

TEST_F(watch_test, of_several_topics_tells_each_time_only_of_those_that_changed) {
  for (auto const* const topic : {"a", "b", "c"}) {
    here.db.create_topic(topic);
  }
  auto const stream = watch("topic=a&topic=b&topic=c");
  EXPECT_EQ(read_events(*stream), events_of({"a", "b", "c"}));
  here.db.create_channel("c", "x");
  here.db.create_channel("a", "x");
  EXPECT_EQ(read_events(*stream), events_of({"c", "a"}));
}

TEST_F(watch_test, of_all_topics_has_those_that_come_and_go) {
  here.db.create_topic("b");
  here.db.create_topic("a");
  auto const stream = watch("topic=*");
  EXPECT_EQ(stream->keys().front(), "*");
  EXPECT_EQ(read_events(*stream), events_of({"b", "a"}));
  here.db.create_topic("c");
  here.db.delete_topic("b");
  here.db.create_channel("a", "x");
  EXPECT_EQ(read_events(*stream), events_of({"c", "b", "a"}));
  EXPECT_EQ(event_of("b").event, "not_found");
  here.db.delete_topic("a");
  here.db.create_topic("a");
  EXPECT_EQ(read_events(*stream), events_of({"a"}));
}

TEST_F(watch_test, of_all_topics_and_one_is_of_all) {
  here.db.create_topic("b");
  auto const stream = watch("topic=b&topic=*");
  EXPECT_EQ(stream->keys().size(), 1U);
  EXPECT_EQ(read_events(*stream), events_of({"b"}));
  here.db.create_topic("c");
  EXPECT_EQ(read_events(*stream), events_of({"c"}));
}

TEST_F(watch_test, of_all_topics_does_not_tell_of_topics_that_were_gone_before_it_came) {
  here.db.create_topic("a");
  here.db.delete_topic("a");
  auto const stream = watch("topic=*");
  EXPECT_EQ(read_events(*stream), events{});
}

TEST_F(watch_test, of_no_topics_is_idle) {
  auto const stream = watch("topic=*");
  EXPECT_EQ(stream->write_some(100), state::idle);
  here.db.create_topic("a");
  EXPECT_EQ(read_events(*stream), events_of({"a"}));
}

TEST_F(watch_test, other_changes_send_nothing) {
  here.db.create_topic("t");
  auto const id = here.add_to("u", "a");
  auto const single = watch("topic=t");
  auto const all = watch("topic=*");
  read_events(*single);
  read_events(*all);
  here.db.ping(id, here.now);
  here.add("b");
  EXPECT_EQ(read_events(*all), events{});
  here.db.register_producer(id, "u", "c");
  here.db.tombstone("u", "a:4151", here.now);
  here.db.remove_producer(id);
  here.db.delete_topic("u");
  EXPECT_EQ(read_events(*single), events{});
}

TEST_F(watch_test, several_changes_are_one_event) {
  here.db.create_topic("t");
  auto const single = watch("topic=t");
  auto const all = watch("topic=*");
  read_events(*single);
  read_events(*all);
  here.db.create_channel("t", "a");
  here.db.create_channel("t", "b");
  here.db.delete_channel("t", "a");
  EXPECT_EQ(read_events(*single), events{event_of("t", true)});
  EXPECT_EQ(read_events(*all), events_of({"t"}));
}

TEST(watch, needs_no_journal) {
  world here;
  for (auto const* const topic : {"a", "b"}) {
    here.db.create_topic(topic);
  }
  auto const stream = std::move(here.respond({"GET", "/watch?topic=*"}).events);
  EXPECT_EQ(read_events(*stream).size(), 2U);
  here.db.create_channel("a", "c");
  here.db.delete_topic("b");
  auto const changed = read_events(*stream);
  ASSERT_EQ(changed.size(), 2U);
  EXPECT_EQ(changed[0].data, R"({"topic":"a","channels":["c"],"producers":[]})");
  EXPECT_EQ(changed[1].data, R"({"topic":"b","message":"TOPIC_NOT_FOUND"})");
  EXPECT_EQ(read_events(*stream), events{});
}

}  // namespace
}  // namespace nsqlookupd::http_api
