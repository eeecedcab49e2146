// SPDX-License-Identifier: MIT
//
// `/watch`: the lookup of each topic, at first and whenever it changes.
#include "event_reader.hpp"
#include "world.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::http_api {
namespace {

using namespace std::chrono_literals;
using namespace test_support;
using state = http::event_stream::state;
using events = std::vector<sent_event>;
using strings = std::vector<std::string>;

std::string numbered(std::string_view prefix, int number) {
  return std::string{prefix} + std::to_string(number);
}

struct watch_test : testing::Test {
  std::unique_ptr<http::event_stream> watch(std::string const& query,
                                            std::string const& last_event_id = {}) {
    auto reply = here.respond(
        {.method = "GET", .target = "/watch?" + query, .last_event_id = last_event_id});
    EXPECT_EQ(reply.status, 200U) << query;
    if (reply.events == nullptr) {
      throw std::runtime_error{"no stream for " + query};
    }
    return std::move(reply.events);
  }

  // The event of a topic as it is now.
  sent_event event_of(std::string const& topic, bool is_single = false) {
    auto const answer = here.get("/lookup?topic=" + escaped(topic));
    auto data = answer.body;
    if (!is_single) {
      data.insert(1, R"("topic":")" + topic + R"(",)");
    }
    return {answer.field("X-Nsq-Index"), answer.status == 200 ? "lookup" : "not_found", data};
  }

  events events_of(strings const& topics) {
    events all;
    for (auto const& topic : topics) {
      all.push_back(event_of(topic));
    }
    return all;
  }

  static std::string escaped(std::string topic) {
    if (auto const at = topic.find('#'); at != std::string::npos) {
      topic.replace(at, 1, "%23");
    }
    return topic;
  }

  // The topics of events, in order.
  static strings topics_of(events const& all) {
    strings topics;
    for (auto const& each : all) {
      std::string_view const data = each.data;
      auto const begin = data.find(R"("topic":")") + 9;
      topics.emplace_back(data.substr(begin, data.find('"', begin) - begin));
    }
    return topics;
  }

  // The next event alone; nothing when there is none.
  static events first_event(http::event_stream& stream) {
    for (int turn = 0; turn < 1000; ++turn) {
      auto const now = stream.write_some(1000);
      if (now != state::busy) {
        return now == state::ready ? take_events(stream) : events{};
      }
    }
    return {};
  }

  // The indexes grow.
  static void expect_in_order(events const& all) {
    std::uint64_t last = 0;
    for (auto const& each : all) {
      EXPECT_GT(std::stoull(each.id), last);
      last = std::stoull(each.id);
    }
  }

  void fill(int topics, std::string_view prefix = "t") {
    for (int number = 0; number < topics; ++number) {
      here.db.create_topic(numbered(prefix, number));
    }
  }

  registry::history const since{.capacity = 1000, .last_revision = 5000};
  world here{{}, {}, since};
};

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
