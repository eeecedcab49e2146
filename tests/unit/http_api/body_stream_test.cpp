// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::http_api {
namespace {

constexpr std::string_view long_targets[] = {
    "/topics", "/channels?topic=many", "/channels?topic=*", "/nodes",
    "/debug",  "/lookup?topic=many",   "/lookup?topic=*"};

/// A name of fixed width, so that it sorts like its number.
std::string numbered(std::string_view prefix, int number) {
  return std::string{prefix} + std::to_string(10'000 + number);
}

/// More of everything than is answered at once.
void fill(world& here) {
  for (int number = 0; number < 1200; ++number) {
    here.db.create_topic(numbered("topic-", number));
    here.db.create_channel("many", numbered("channel-", number));
    here.db.create_channel("other", numbered("channel-", number / 2));
    auto const id = here.add_to("many", numbered("host-", number));
    here.db.register_producer(id, numbered("topic-", number), "c");
  }
}

TEST(body_stream, is_what_many_items_become) {
  world here;
  fill(here);
  for (auto const target : long_targets) {
    EXPECT_TRUE(here.begin(target)) << target;
  }
  EXPECT_FALSE(here.begin("/lookup?topic=topic-10000"));
  EXPECT_FALSE(here.begin("/channels?topic=topic-10000"));
}

TEST(body_stream, is_the_same_whatever_the_budget) {
  world here;
  fill(here);
  for (auto const target : long_targets) {
    auto const whole = here.ask("GET", target, 10'000'000);
    EXPECT_EQ(whole.status, 200U);
    EXPECT_EQ(whole.content, content_type::json);
    EXPECT_TRUE(whole.nsq_content_type);
    EXPECT_TRUE(whole.logged);
    for (std::size_t const budget : {1U, 2U, 7U, 100U, 1023U}) {
      here.cache = {};
      EXPECT_EQ(here.ask("GET", target, budget).body, whole.body) << target << ' ' << budget;
    }
  }
}

TEST(body_stream, lists_everything) {
  world here;
  fill(here);
  std::string topics = R"({"topics":["many","other")";
  std::string channels;
  std::string producers;
  for (int number = 0; number < 1200; ++number) {
    topics.append(",\"").append(numbered("topic-", number)).append("\"");
    channels.append("\"").append(numbered("channel-", number)).append("\",");
    producers.append(producer_json(numbered("host-", number))).append(",");
  }
  channels.pop_back();
  producers.pop_back();
  EXPECT_EQ(here.get("/topics").body, topics + "]}");
  auto const of_many = R"({"channels":[)" + channels;
  EXPECT_EQ(here.get("/channels?topic=many").body, of_many + "]}");
  EXPECT_EQ(here.get("/lookup?topic=many").body, of_many + R"(],"producers":[)" + producers + "]}");
  auto const of_all = R"({"channels":["c",)" + channels;
  EXPECT_EQ(here.get("/channels?topic=*").body, of_all + "]}");
  EXPECT_EQ(here.get("/lookup?topic=*").body, of_all + R"(],"producers":[)" + producers + "]}");
}

TEST(body_stream, needs_more_turns_with_a_smaller_budget) {
  world here;
  fill(here);
  for (auto const target : long_targets) {
    auto const rest = here.begin(target);
    ASSERT_TRUE(rest) << target;
    int turns = 1;
    while (!rest->write_some(10)) {
      ++turns;
      ASSERT_LT(turns, 100'000) << target;
    }
    EXPECT_GT(turns, 15) << target;
  }
}

TEST(body_stream, lookup_of_many_leaves_out_the_tombstoned_and_the_silent) {
  world here;
  fill(here);
  here.post("/topic/tombstone?topic=many&node=host-10007:4151");
  auto const silent = here.add_to("many", "silent.example");
  auto const elsewhere = here.add("elsewhere.example");
  here.now += std::chrono::seconds{1};
  here.db.register_producer(elsewhere, "other", {});
  auto const all = here.get("/lookup?topic=many").body;
  EXPECT_EQ(all.find("host-10007"), std::string::npos);
  EXPECT_NE(all.find("host-10008"), std::string::npos);
  EXPECT_NE(all.find("silent.example"), std::string::npos);
  EXPECT_EQ(all.find("elsewhere.example"), std::string::npos);
  here.now += std::chrono::seconds{300};
  here.db.ping(elsewhere, here.now);
  auto const none = here.get("/lookup?topic=many").body;
  EXPECT_TRUE(none.ends_with(R"("producers":[]})"));
  here.db.ping(silent, here.now);
  EXPECT_TRUE(here.get("/lookup?topic=many")
                  .body.ends_with(R"("producers":[)" + producer_json("silent.example") + "]}"));
}

TEST(body_stream, survives_what_happens_between_its_turns) {
  struct {
    std::string_view label;
    std::function<void(world&, int)> change;
  } const cases[] = {
      {"topics go", [](world& here, int turn) { here.db.delete_topic(numbered("topic-", turn)); }},
      {"the topic goes", [](world& here, int) { here.db.delete_topic("many"); }},
      {"channels go",
       [](world& here, int turn) { here.db.delete_channel("many", numbered("channel-", turn)); }},
      {"topics come",
       [](world& here, int turn) { here.db.create_topic(numbered("topic-5", turn)); }},
      {"producers come", [](world& here, int turn) { here.add_to("many", numbered("z-", turn)); }},
  };
  for (auto const target : long_targets) {
    for (auto const& [label, change] : cases) {
      SCOPED_TRACE(std::string{target} + ", " + std::string{label});
      world here;
      fill(here);
      auto const rest = here.begin(target);
      ASSERT_TRUE(rest);
      int turn = 0;
      while (!rest->write_some(100)) {
        change(here, turn++);
        ASSERT_LT(turn, 10'000);
      }
      auto const body = text_of(rest->finish());
      EXPECT_TRUE(body.starts_with('{') && body.ends_with('}'));
      EXPECT_EQ(body.find(",,"), std::string::npos);
      EXPECT_EQ(body.find(",]"), std::string::npos);
      EXPECT_EQ(body.find("[,"), std::string::npos);
    }
  }
}

TEST(body_stream, producers_may_leave_between_its_turns) {
  world here;
  std::vector<registry::producer_id> ids;
  for (int number = 0; number < 1500; ++number) {
    ids.push_back(here.add_to("t", numbered("host-", number)));
  }
  auto const rest = here.begin("/nodes");
  ASSERT_TRUE(rest);
  for (auto const id : ids) {
    here.db.remove_producer(id);
  }
  while (here.db.reclaim(1000)) {
  }
  EXPECT_TRUE(rest->write_some(1));
  EXPECT_TRUE(text_of(rest->finish()).ends_with("]}]}"));
}

}  // namespace
}  // namespace nsqlookupd::http_api
