// SPDX-License-Identifier: MIT
//
// `/events`: the changes that are remembered, as a list and as a stream.
#include "event_reader.hpp"
#include "world.hpp"
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::http_api {
namespace {

using namespace std::chrono_literals;
using namespace test_support;
using state = http::event_stream::state;
using strings = std::vector<std::string>;

constexpr std::string_view an_event_stream = "text/event-stream";

struct events_test : testing::Test {
  events_test() { here.db.advance(here.now); }

  struct listed {
    strings events;
    std::uint64_t next;
  };

  // `revision kind topic/channel` of each event.
  static std::string shown(boost::json::value const& event) {
    auto const text = [&](char const* member) { return std::string{event.at(member).as_string()}; };
    auto line = std::to_string(event.at("revision").to_number<std::uint64_t>()) + ' ' +
                text("kind") + ' ' + text("topic");
    return text("channel").empty() ? line : line + '/' + text("channel");
  }

  listed list(std::string_view query = {}) {
    auto const answer = here.get("/events" + std::string{query});
    EXPECT_EQ(answer.status, 200U) << query << ' ' << answer.body;
    auto const body = boost::json::parse(answer.body);
    listed all{.events = {}, .next = body.at("next").to_number<std::uint64_t>()};
    for (auto const& event : body.at("events").as_array()) {
      all.events.push_back(shown(event));
    }
    return all;
  }

  std::unique_ptr<http::event_stream> feed(std::string const& query = {},
                                           std::string const& last_event_id = {}) {
    auto reply = here.respond({.method = "GET",
                               .target = "/events" + query,
                               .accept = an_event_stream,
                               .last_event_id = last_event_id});
    if (reply.events == nullptr) {
      throw std::runtime_error{"no stream for " + query};
    }
    return std::move(reply.events);
  }

  static strings read(http::event_stream& stream, std::size_t budget = 1000) {
    strings all;
    for (auto const& each : read_events(stream, budget)) {
      if (each.event == "gone") {
        all.push_back(each.event + ' ' + each.data);
        EXPECT_EQ(each.id, "");
      } else {
        all.push_back(shown(boost::json::parse(each.data)));
        EXPECT_EQ(each.event, "change");
        EXPECT_TRUE(all.back().starts_with(each.id + ' '));
      }
    }
    return all;
  }

  world here{{}, {}, {.capacity = 10, .last_revision = 100}};
};

TEST_F(events_test, of_nothing_is_an_empty_list) {
  EXPECT_EQ(here.get("/events").body, R"({"events":[],"next":100})");
}

TEST_F(events_test, has_all_of_each_change) {
  here.now += 1234567us;
  auto const id = here.add("a.example");
  here.db.register_producer(id, "t", "c");
  here.post("/topic/delete?topic=t");
  std::string const producer =
      R"({"remote_address":"10.0.0.1:4160","broadcast_address":"a.example","hostname":"host",)"
      R"("tcp_port":4150,"http_port":4151,"version":"1.3.0"})";
  std::string const time = R"("time":"2026-11-23T05:31:22.234567Z",)";
  EXPECT_EQ(here.get("/events").body,
            R"({"events":[{"revision":101,)" + time +
                R"("kind":"producer_added","topic":"","channel":"","producer":)" + producer +
                R"(,"cause":"IDENTIFY"},{"revision":102,)" + time +
                R"("kind":"topic_added","topic":"t","channel":"","producer":null,)"
                R"("cause":"REGISTER"},{"revision":103,)" +
                time +
                R"("kind":"channel_added","topic":"t","channel":"c","producer":null,)"
                R"("cause":"REGISTER"},{"revision":104,)" +
                time + R"("kind":"registered","topic":"t","channel":"","producer":)" + producer +
                R"(,"cause":"REGISTER"},{"revision":105,)" + time +
                R"("kind":"registered","topic":"t","channel":"c","producer":)" + producer +
                R"(,"cause":"REGISTER"},{"revision":106,)" + time +
                R"("kind":"topic_removed","topic":"t","channel":"","producer":null,)"
                R"("cause":"POST /topic/delete from 10.0.0.9"}],"next":106})");
}

TEST_F(events_test, says_why_it_happened_over_http) {
  here.add_to("t", "a");
  here.post("/topic/create?topic=u");
  here.post("/channel/create?topic=u&channel=c");
  here.post("/channel/delete?topic=u&channel=c");
  here.post("/topic/tombstone?topic=t&node=a:4151");
  here.get("/create_topic?topic=w");
  here.now += 45s;
  auto const body = boost::json::parse(here.get("/events?since=103").body);
  strings causes;
  for (auto const& event : body.at("events").as_array()) {
    causes.emplace_back(event.at("cause").as_string());
  }
  EXPECT_EQ(causes,
            (strings{"POST /topic/create from 10.0.0.9", "POST /channel/create from 10.0.0.9",
                     "POST /channel/delete from 10.0.0.9", "POST /topic/tombstone from 10.0.0.9",
                     "GET /create_topic from 10.0.0.9", "time"}));
}

TEST_F(events_test, come_behind_a_revision) {
  for (auto const* const topic : {"a", "b", "c"}) {
    here.db.create_topic(topic);
  }
  EXPECT_EQ(list().events,
            (strings{"101 topic_added a", "102 topic_added b", "103 topic_added c"}));
  EXPECT_EQ(list("?since=101").events, (strings{"102 topic_added b", "103 topic_added c"}));
  EXPECT_EQ(list("?since=103").events, strings{});
  EXPECT_EQ(list("?since=103").next, 103U);
  EXPECT_EQ(list("?since=100").events.size(), 3U);
  EXPECT_EQ(list("?since=0").events.size(), 3U);
}

TEST_F(events_test, of_the_future_are_none_yet) {
  here.db.create_topic("a");
  EXPECT_EQ(list("?since=1000000").events, strings{});
  EXPECT_EQ(list("?since=1000000").next, 101U);
}

TEST_F(events_test, are_no_more_than_asked_for) {
  for (auto const* const topic : {"a", "b", "c", "d", "e"}) {
    here.db.create_topic(topic);
  }
  auto const first = list("?limit=2");
  EXPECT_EQ(first.events, (strings{"101 topic_added a", "102 topic_added b"}));
  EXPECT_EQ(first.next, 102U);
  auto const rest = list("?limit=3&since=102");
  EXPECT_EQ(rest.events.size(), 3U);
  EXPECT_EQ(rest.next, 105U);
  EXPECT_EQ(list("?limit=100").events.size(), 5U);
}

TEST_F(events_test, are_filtered) {
  auto const id = here.add("a");
  here.db.register_producer(id, "t", "c");
  here.db.register_producer(id, "u", {});
  here.db.delete_topic("u");
  EXPECT_EQ(list("?topic=u").events,
            (strings{"106 topic_added u", "107 registered u", "108 topic_removed u"}));
  EXPECT_EQ(list("?kind=registered").events,
            (strings{"104 registered t", "105 registered t/c", "107 registered u"}));
  EXPECT_EQ(list("?kind=topic_added&kind=topic_removed").events,
            (strings{"102 topic_added t", "106 topic_added u", "108 topic_removed u"}));
  EXPECT_EQ(list("?topic=t&topic=u&kind=topic_added").events,
            (strings{"102 topic_added t", "106 topic_added u"}));
  EXPECT_EQ(list("?topic=none").events, strings{});
}

TEST_F(events_test, that_are_left_out_are_not_asked_for_again) {
  for (auto const* const topic : {"a", "b", "a", "c", "d"}) {
    here.db.create_topic(topic);
    here.db.create_channel(topic, "x");
  }
  EXPECT_EQ(here.db.revision(), 108U);
  auto const none = list("?topic=none");
  EXPECT_EQ(none.next, 108U);
  auto const one = list("?topic=a&limit=1");
  EXPECT_EQ(one.events, strings{"101 topic_added a"});
  EXPECT_EQ(one.next, 101U);
  auto const next = list("?topic=a&limit=1&since=101");
  EXPECT_EQ(next.events, strings{"102 channel_added a/x"});
  EXPECT_EQ(list("?topic=a&limit=1&since=102").next, 108U);
}

TEST_F(events_test, that_are_not_remembered_are_gone) {
  for (int number = 0; number < 15; ++number) {
    here.db.create_topic("t" + std::to_string(number));
  }
  auto const gone = here.get("/events?since=104");
  EXPECT_EQ(gone.status, 410U);
  EXPECT_EQ(gone.body, R"({"message":"EVENTS_GONE","oldest":106})");
  EXPECT_EQ(gone.content, content_type::json);
  EXPECT_EQ(here.get("/events?since=1").status, 410U);
  EXPECT_EQ(list("?since=105").events.size(), 10U);
  // A client that has seen none begins with the oldest.
  EXPECT_EQ(list().events.front(), "106 topic_added t5");
  EXPECT_EQ(list("?since=0").events.size(), 10U);
}

TEST_F(events_test, of_before_a_restart_are_gone) {
  EXPECT_EQ(here.get("/events?since=99").body, R"({"message":"EVENTS_GONE","oldest":101})");
  here.db.create_topic("t");
  EXPECT_EQ(here.get("/events?since=99").body, R"({"message":"EVENTS_GONE","oldest":101})");
}

TEST(events, that_nothing_remembers_are_all_gone) {
  world here;
  here.db.create_topic("t");
  here.db.create_topic("u");
  EXPECT_EQ(here.get("/events").body, R"({"events":[],"next":2})");
  EXPECT_EQ(here.get("/events?since=2").body, R"({"events":[],"next":2})");
  EXPECT_EQ(here.get("/events?since=1").body, R"({"message":"EVENTS_GONE","oldest":3})");
}

TEST_F(events_test, refuses_wrong_arguments) {
  struct {
    std::string_view query;
    std::string_view code;
  } const cases[] = {{"since=x", "INVALID_ARG_SINCE"},
                     {"since=", "INVALID_ARG_SINCE"},
                     {"since=-1", "INVALID_ARG_SINCE"},
                     {"since=18446744073709551616", "INVALID_ARG_SINCE"},
                     {"limit=x", "INVALID_ARG_LIMIT"},
                     {"limit=0", "INVALID_ARG_LIMIT"},
                     {"limit=-1", "INVALID_ARG_LIMIT"},
                     {"limit=", "INVALID_ARG_LIMIT"},
                     {"kind=", "INVALID_ARG_KIND"},
                     {"kind=registered&kind=x", "INVALID_ARG_KIND"},
                     {"kind=Registered", "INVALID_ARG_KIND"},
                     {"kind=x&limit=x&since=x", "INVALID_ARG_KIND"},
                     {"limit=x&since=x", "INVALID_ARG_LIMIT"},
                     {"since=%zz", "INVALID_REQUEST"}};
  for (auto const& [query, code] : cases) {
    for (auto const accept : {std::string_view{}, an_event_stream}) {
      auto const target = "/events?" + std::string{query};
      auto const answer = here.ask({.method = "GET", .target = target, .accept = accept});
      EXPECT_EQ(answer.status, 400U) << query;
      EXPECT_EQ(answer.body, R"({"message":")" + std::string{code} + R"("})") << query;
    }
  }
}

TEST_F(events_test, are_a_list_unless_a_stream_is_asked_for) {
  for (auto const* const accept : {"", "*/*", "application/json", "text/html"}) {
    auto const answer = here.ask({.method = "GET", .target = "/events", .accept = accept});
    EXPECT_EQ(answer.content, content_type::json) << accept;
  }
  for (auto const* const accept : {"text/event-stream", "text/event-stream, */*;q=0.1"}) {
    auto const reply = here.respond({.method = "GET", .target = "/events", .accept = accept});
    EXPECT_NE(reply.events, nullptr) << accept;
    EXPECT_NE(reply.headers.find("Content-Type: text/event-stream"), std::string::npos) << accept;
  }
}

TEST(events, are_1000_unless_asked_for) {
  world here{{}, {}, {.capacity = 20'000}};
  for (int number = 0; number < 6000; ++number) {
    here.db.create_topic("t" + std::to_string(number));
  }
  auto const count = [&](std::string_view target) {
    return boost::json::parse(here.ask("GET", target, 100).body).at("events").as_array().size();
  };
  EXPECT_EQ(count("/events"), 1000U);
  EXPECT_EQ(count("/events?limit=5999"), 5999U);
  EXPECT_EQ(count("/events?limit=1000000"), 6000U);
}

TEST(events, of_long_names_are_a_list_of_bounded_size) {
  world here{{}, {}, {.capacity = 20'000}};
  std::string const name(10'000, 'h');
  for (int number = 0; number < 1000; ++number) {
    here.add(name, number);
  }
  auto const answer = here.ask("GET", "/events?limit=10000", 100);
  EXPECT_LT(answer.body.size(), 2U << 20U);
  auto const body = boost::json::parse(answer.body);
  auto const seen = body.at("events").as_array().size();
  EXPECT_GT(seen, 50U);
  auto const next = body.at("next").to_number<std::uint64_t>();
  EXPECT_EQ(next, body.at("events").as_array().back().at("revision").to_number<std::uint64_t>());
}

TEST_F(events_test, of_a_feed_go_on) {
  here.db.create_topic("a");
  auto const stream = feed();
  EXPECT_EQ(stream->keys().size(), 1U);
  EXPECT_EQ(stream->keys().front(), "*");
  EXPECT_EQ(read(*stream), strings{"101 topic_added a"});
  EXPECT_EQ(read(*stream), strings{});
  here.db.create_topic("b");
  here.db.delete_topic("a");
  EXPECT_EQ(read(*stream), (strings{"102 topic_added b", "103 topic_removed a"}));
  EXPECT_EQ(stream->write_some(10), state::idle);
}

TEST_F(events_test, of_a_feed_look_like_those_of_a_list) {
  here.add_to("t", "a");
  auto const sent = read_events(*feed());
  auto const body = here.get("/events").body;
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(body, R"({"events":[)" + sent[0].data + ',' + sent[1].data + ',' + sent[2].data +
                      R"(],"next":103})");
}

TEST_F(events_test, of_a_feed_are_resumed) {
  for (auto const* const topic : {"a", "b", "c"}) {
    here.db.create_topic(topic);
  }
  EXPECT_EQ(read(*feed({}, "102")), strings{"103 topic_added c"});
  EXPECT_EQ(read(*feed("?since=102")), strings{"103 topic_added c"});
  EXPECT_EQ(read(*feed("?since=103", "101")).size(), 2U);
  EXPECT_EQ(read(*feed("?since=103")), strings{});
}

TEST_F(events_test, of_a_feed_from_the_future_begin_now) {
  here.db.create_topic("a");
  auto const stream = feed({}, "1000000");
  EXPECT_EQ(read(*stream), strings{});
  here.db.create_topic("b");
  EXPECT_EQ(read(*stream), strings{"102 topic_added b"});
}

TEST_F(events_test, of_a_feed_are_filtered) {
  auto const stream = feed("?topic=t&kind=topic_added");
  here.db.create_topic("s");
  here.db.create_topic("t");
  here.db.create_channel("t", "c");
  EXPECT_EQ(read(*stream), strings{"102 topic_added t"});
  here.db.create_topic("u");
  EXPECT_EQ(read(*stream), strings{});
}

TEST_F(events_test, of_a_feed_that_cannot_be_resumed_are_gone) {
  for (int number = 0; number < 15; ++number) {
    here.db.create_topic("t" + std::to_string(number));
  }
  auto const answer = here.ask(
      {.method = "GET", .target = "/events", .accept = an_event_stream, .last_event_id = "104"});
  EXPECT_EQ(answer.status, 410U);
  EXPECT_EQ(answer.body, R"({"message":"EVENTS_GONE","oldest":106})");
}

TEST_F(events_test, of_a_feed_that_is_too_slow_are_gone) {
  auto const stream = feed();
  here.db.create_topic("first");
  EXPECT_EQ(read(*stream).size(), 1U);
  for (int number = 0; number < 15; ++number) {
    here.db.create_topic("t" + std::to_string(number));
  }
  auto const all = read(*stream);
  ASSERT_EQ(all.size(), 11U);
  EXPECT_EQ(all.front(), R"(gone {"message":"EVENTS_GONE","oldest":107})");
  EXPECT_EQ(all[1], "107 topic_added t5");
  EXPECT_EQ(all.back(), "116 topic_added t14");
}

TEST(events, of_a_feed_come_in_pieces) {
  world here{{}, {}, {.capacity = 20'000}};
  for (int number = 0; number < 5000; ++number) {
    here.db.create_topic("t" + std::to_string(number));
  }
  auto const stream =
      here.respond({.method = "GET", .target = "/events", .accept = an_event_stream}).events;
  std::size_t count = 0;
  int pieces = 0;
  for (; stream->write_some(10'000) == state::ready; ++pieces) {
    ASSERT_LT(pieces, 1000);
    auto const text = whole_text(stream->take());
    EXPECT_LT(text.size(), 100'000U);
    count += parse_events(std::string_view{text}.substr(0, text.size() - 2)).size();
  }
  EXPECT_EQ(count, 5000U);
  EXPECT_GT(pieces, 10);
}

}  // namespace
}  // namespace nsqlookupd::http_api
