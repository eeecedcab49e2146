// SPDX-License-Identifier: MIT
//
// The index of an answer, and requests that wait until it moves.
#include "world.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::http_api {
namespace {

using namespace std::chrono_literals;

struct waiting_test : testing::Test {
  waiting_test() {
    here.db.advance(here.now);
    producer = here.add_to("t", "a");
    here.db.create_topic("other");
    here.db.create_channel("t", "c");
  }

  // How a request waits; nothing when it is answered at once.
  std::optional<http::wait> wait_of(std::string const& target) {
    auto reply = here.respond({"GET", target});
    return reply.wait == nullptr ? std::nullopt : std::optional{std::move(*reply.wait)};
  }

  static std::string with_index(std::string const& target, std::uint64_t index) {
    auto const* const separator = target.find('?') == std::string::npos ? "?" : "&";
    return target + separator + "index=" + std::to_string(index);
  }

  std::uint64_t index_of(std::string_view target) {
    return std::stoull(here.get(target).field("X-Nsq-Index"));
  }

  world here{{}, {}, {.last_revision = 1000}};
  registry::producer_id producer{};
  std::vector<std::string> const targets{
      "/lookup?topic=t",   "/lookup?topic=*",    "/lookup?topic=none",
      "/channels?topic=t", "/channels?topic=*",  "/channels?topic=none",
      "/topics",           "/topics?empty=true", "/nodes"};
};

TEST_F(waiting_test, every_answer_has_an_index_and_the_tag_of_it) {
  for (auto const& target : targets) {
    auto const answer = here.get(target);
    EXPECT_EQ(answer.status, target == "/lookup?topic=none" ? 404U : 200U) << target;
    auto const index = answer.field("X-Nsq-Index");
    ASSERT_FALSE(index.empty()) << target;
    EXPECT_EQ(answer.field("ETag"), '"' + index + '"') << target;
    // The second is from the cache.
    EXPECT_EQ(here.get(target).field("X-Nsq-Index"), index) << target;
  }
}

TEST_F(waiting_test, other_answers_have_no_index) {
  for (auto const* const target : {"/ping", "/info", "/debug", "/lookup", "/events", "/nope"}) {
    EXPECT_EQ(here.get(target).field("X-Nsq-Index"), "") << target;
    EXPECT_EQ(here.get(target).field("ETag"), "") << target;
  }
}

TEST_F(waiting_test, the_index_is_that_of_the_registry) {
  EXPECT_EQ(index_of("/lookup?topic=t"), here.db.lookup_changed("t"));
  EXPECT_EQ(index_of("/lookup?topic=none"), here.db.lookup_changed("none"));
  EXPECT_EQ(index_of("/lookup?topic=*"), here.db.all_lookups_changed());
  EXPECT_EQ(index_of("/channels?topic=t"), here.db.channels_changed("t"));
  EXPECT_EQ(index_of("/channels?topic=*"), here.db.all_channels_changed());
  EXPECT_EQ(index_of("/topics"), here.db.topics_changed());
  EXPECT_EQ(index_of("/nodes"), here.db.nodes_changed());
  auto const topics = index_of("/topics");
  here.db.register_producer(producer, "other", {});
  EXPECT_EQ(index_of("/topics?empty=true"), here.db.empty_topics_changed());
  EXPECT_EQ(index_of("/topics"), topics);
  EXPECT_GT(index_of("/topics?empty=true"), topics);
}

TEST_F(waiting_test, waits_while_the_index_is_the_clients) {
  struct {
    std::string target;
    std::string key;
  } const cases[] = {{"/lookup?topic=t", "t"},
                     {"/lookup?topic=*", "*"},
                     {"/lookup?topic=none", "none"},
                     {"/channels?topic=t", "t"},
                     {"/channels?topic=*", "*"},
                     {"/channels?topic=none", "none"},
                     {"/topics", "/topics"},
                     {"/topics?empty=true", "/topics"},
                     {"/nodes", "/nodes"}};
  for (auto const& [target, key] : cases) {
    auto const index = index_of(target);
    auto const wait = wait_of(with_index(target, index));
    ASSERT_TRUE(wait) << target;
    EXPECT_EQ(wait->key, key) << target;
    EXPECT_FALSE(wait_of(with_index(target, index - 1))) << target;
    // The present revision is no future.
    EXPECT_TRUE(wait_of(with_index(target, here.db.revision()))) << target;
  }
}

TEST_F(waiting_test, does_not_wait_for_an_index_of_the_future) {
  for (auto const& target : targets) {
    EXPECT_FALSE(wait_of(with_index(target, here.db.revision() + 1))) << target;
    EXPECT_FALSE(wait_of(with_index(target, UINT64_MAX))) << target;
  }
}

TEST_F(waiting_test, does_not_wait_for_the_index_0) {
  world fresh;
  for (auto const& target : targets) {
    EXPECT_FALSE(fresh.respond({"GET", with_index(target, 0)}).wait) << target;
  }
}

TEST_F(waiting_test, does_not_wait_without_an_index) {
  EXPECT_FALSE(wait_of("/lookup?topic=t&wait=10s"));
  EXPECT_FALSE(wait_of("/nodes?wait=10s"));
  // Nobody asks for the time of no wait.
  EXPECT_EQ(here.get("/nodes?wait=never").status, 200U);
}

TEST_F(waiting_test, is_answered_when_it_waits_no_more) {
  for (auto const& target : targets) {
    auto const asked = with_index(target, here.db.revision());
    auto const plain = here.get(target);
    auto const answer = here.ask({.method = "GET", .target = asked, .waits_no_more = true});
    EXPECT_EQ(answer.status, plain.status) << target;
    EXPECT_EQ(answer.body, plain.body) << target;
    EXPECT_EQ(answer.field("X-Nsq-Index"), plain.field("X-Nsq-Index")) << target;
  }
}

TEST_F(waiting_test, is_answered_when_the_answer_changes) {
  auto const target = with_index("/lookup?topic=none", here.db.revision());
  ASSERT_TRUE(wait_of(target));
  here.db.create_topic("another");
  EXPECT_TRUE(wait_of(target));
  here.db.create_topic("none");
  EXPECT_FALSE(wait_of(target));
  EXPECT_EQ(here.get(target).status, 200U);
}

TEST_F(waiting_test, is_answered_when_time_changes_the_answer) {
  auto const target = with_index("/nodes", here.db.revision());
  here.now += 300s;
  ASSERT_TRUE(wait_of(target));
  here.now += 1ns;
  EXPECT_FALSE(wait_of(target));
  EXPECT_EQ(here.get(target).body, R"({"producers":[]})");
}

TEST_F(waiting_test, waits_as_long_as_it_says_and_up_to_a_sixteenth_more) {
  struct {
    std::string wait;
    std::chrono::nanoseconds least;
  } const cases[] = {{"", 5min},           {"&wait=1s", 1s},     {"&wait=1m30s", 90s},
                     {"&wait=10m", 10min}, {"&wait=11m", 10min}, {"&wait=100h", 10min},
                     {"&wait=1ns", 1ns}};
  for (auto const& [argument, least] : cases) {
    auto const target = with_index("/lookup?topic=t", here.db.revision()) + argument;
    bool differ = false;
    std::optional<std::chrono::nanoseconds> first;
    for (int request = 0; request < 100; ++request) {
      auto const wait = wait_of(target);
      ASSERT_TRUE(wait) << argument;
      EXPECT_GE(wait->at_most, least) << argument;
      EXPECT_LE(wait->at_most, least + least / 16) << argument;
      differ = differ || wait->at_most != first.value_or(wait->at_most);
      first = wait->at_most;
    }
    EXPECT_EQ(differ, least > 1s || least == 1s) << argument;
  }
}

TEST_F(waiting_test, of_no_time_is_answered_at_once) {
  auto const target = with_index("/lookup?topic=t", here.db.revision());
  for (auto const* const wait : {"&wait=0", "&wait=0s", "&wait=0h"}) {
    EXPECT_FALSE(wait_of(target + wait)) << wait;
    EXPECT_EQ(here.get(target + wait).status, 200U) << wait;
  }
}

TEST_F(waiting_test, refuses_an_index_that_is_none) {
  for (auto const& target : targets) {
    for (auto const* const index :
         {"", "x", "-1", "+1", "1.0", "1x", " 1", "0x10", "1e3", "18446744073709551616"}) {
      auto const* const separator = target.find('?') == std::string::npos ? "?" : "&";
      auto asked = target + separator + "index=" + index;
      if (auto const space = asked.find(' '); space != std::string::npos) {
        asked.replace(space, 1, "%20");
      }
      auto const answer = here.get(asked);
      EXPECT_EQ(answer.status, 400U) << asked;
      EXPECT_EQ(answer.body, R"({"message":"INVALID_ARG_INDEX"})") << asked;
    }
  }
}

TEST_F(waiting_test, refuses_a_wait_that_is_none) {
  for (auto const& target : targets) {
    for (auto const* const wait : {"", "x", "5", "-1s", "-1ns", "1sec", "10000000h"}) {
      auto const asked = with_index(target, 1) + "&wait=" + wait;
      auto const answer = here.get(asked);
      EXPECT_EQ(answer.status, 400U) << asked;
      EXPECT_EQ(answer.body, R"({"message":"INVALID_ARG_WAIT"})") << asked;
    }
  }
}

TEST_F(waiting_test, names_the_first_error_alone) {
  EXPECT_EQ(here.get("/lookup?index=x&wait=x").body, R"({"message":"MISSING_ARG_TOPIC"})");
  EXPECT_EQ(here.get("/channels?index=x").body, R"({"message":"MISSING_ARG_TOPIC"})");
  EXPECT_EQ(here.get("/lookup?topic=t&wait=x&index=x").body, R"({"message":"INVALID_ARG_INDEX"})");
  EXPECT_EQ(here.get("/lookup?topic=t&index=x&wait=1s").body, R"({"message":"INVALID_ARG_INDEX"})");
  EXPECT_EQ(here.get("/lookup?topic=t&index=%zz").body, R"({"message":"INVALID_REQUEST"})");
}

TEST_F(waiting_test, routes_that_mind_no_query_mind_none) {
  EXPECT_EQ(here.get("/nodes?%zz&index=x").status, 200U);
  EXPECT_EQ(here.get("/topics?%zz&index=x").status, 200U);
}

TEST_F(waiting_test, of_other_routes_is_unknown) {
  EXPECT_EQ(here.get("/info?index=x").status, 200U);
  EXPECT_EQ(here.get("/ping?index=999999").body, "OK");
}

struct not_modified_test : waiting_test {
  answered ask(std::string_view target, std::string_view tags) {
    return here.ask({.method = "GET", .target = target, .if_none_match = tags});
  }
};

TEST_F(not_modified_test, a_client_that_has_the_answer_gets_no_body) {
  for (auto const& target : targets) {
    auto const index = here.get(target).field("X-Nsq-Index");
    auto const tag = '"' + index + '"';
    for (auto const& tags : {tag, "W/" + tag, "*" + std::string{}, R"("1", )" + tag,
                             tag + R"(,"x")", R"(W/"1",W/)" + tag}) {
      auto const answer = ask(target, tags);
      EXPECT_EQ(answer.status, 304U) << target << ' ' << tags;
      EXPECT_EQ(answer.body, "") << target << ' ' << tags;
      EXPECT_EQ(answer.field("X-Nsq-Index"), index) << target << ' ' << tags;
      EXPECT_EQ(answer.field("ETag"), tag) << target << ' ' << tags;
    }
  }
}

TEST_F(not_modified_test, a_client_that_has_another_gets_the_answer) {
  for (auto const& target : targets) {
    auto const index = here.get(target).field("X-Nsq-Index");
    for (auto const& tags : {index, std::string{}, R"("1)" + index + '"', '"' + index + R"(1")",
                             std::string{R"("x")"}, '"' + index}) {
      EXPECT_NE(ask(target, tags).status, 304U) << target << ' ' << tags;
    }
  }
}

TEST_F(not_modified_test, ends_with_a_change) {
  auto const tag = here.get("/lookup?topic=t").field("ETag");
  here.db.create_topic("another");
  EXPECT_EQ(ask("/lookup?topic=t", tag).status, 304U);
  here.db.create_channel("t", "d");
  EXPECT_EQ(ask("/lookup?topic=t", tag).status, 200U);
}

TEST_F(not_modified_test, comes_at_the_end_of_a_wait) {
  auto const tag = here.get("/lookup?topic=t").field("ETag");
  auto const target = with_index("/lookup?topic=t", here.db.revision());
  EXPECT_TRUE(here.respond({.method = "GET", .target = target, .if_none_match = tag}).wait);
  EXPECT_EQ(
      here.ask({.method = "GET", .target = target, .if_none_match = tag, .waits_no_more = true})
          .status,
      304U);
}

TEST(empty_topics, are_listed_with_the_moment_since_when) {
  world here;
  here.db.advance(here.now);
  EXPECT_EQ(here.get("/topics?empty=true").body, R"({"topics":[],"empty":[]})");
  here.post("/topic/create?topic=a");
  here.add_to("b", "host");
  here.now += 1234567us;
  here.post("/topic/create?topic=c");
  EXPECT_EQ(here.get("/topics?empty=true").body,
            R"({"topics":["a","b","c"],"empty":[)"
            R"({"topic":"a","since":"2026-11-23T05:31:21.000000Z"},)"
            R"({"topic":"c","since":"2026-11-23T05:31:22.234567Z"}]})");
  EXPECT_EQ(here.get("/topics").body, R"({"topics":["a","b","c"]})");
}

TEST(empty_topics, are_listed_where_that_is_asked_for) {
  world here;
  here.post("/topic/create?topic=a");
  for (auto const* const query : {"", "?", "?empty", "?empty=", "?empty=false", "?empty=1",
                                  "?empty=TRUE", "?%zz&empty=true", "?other=true"}) {
    EXPECT_EQ(here.get(std::string{"/topics"} + query).body, R"({"topics":["a"]})") << query;
  }
  // Each has its own place in the cache.
  EXPECT_NE(here.get("/topics?empty=true").body, here.get("/topics").body);
}

TEST(empty_topics, change_with_the_producers) {
  world here;
  auto const id = here.add_to("t", "host");
  auto const none = R"({"topics":["t"],"empty":[]})";
  EXPECT_EQ(here.get("/topics?empty=true").body, none);
  here.db.unregister_topic(id, "t");
  EXPECT_NE(here.get("/topics?empty=true").body, none);
  here.db.register_producer(id, "t", {});
  EXPECT_EQ(here.get("/topics?empty=true").body, none);
  here.db.remove_producer(id);
  EXPECT_NE(here.get("/topics?empty=true").body, none);
}

TEST(empty_topics, of_many_are_the_same_in_turns_of_any_size) {
  world here;
  here.db.advance(here.now);
  for (int number = 0; number < 1500; ++number) {
    here.db.create_topic("topic-" + std::to_string(number));
  }
  auto const whole = text_of(here.whole_reply({"GET", "/topics?empty=true"}, 100'000).body);
  here.cache = {};
  EXPECT_EQ(text_of(here.whole_reply({"GET", "/topics?empty=true"}, 7).body), whole);
  EXPECT_TRUE(whole.ends_with(R"("since":"2026-11-23T05:31:21.000000Z"}]})"));
}

}  // namespace
}  // namespace nsqlookupd::http_api
