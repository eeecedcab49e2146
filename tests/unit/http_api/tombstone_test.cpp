// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

using namespace std::chrono_literals;

bool is_found(world& here, std::string_view topic, std::string_view broadcast_address) {
  auto const body = here.get("/lookup?topic=" + std::string{topic}).body;
  return body.find('"' + std::string{broadcast_address} + '"') != std::string::npos;
}

TEST(tombstone, arguments_are_checked_in_order) {
  struct {
    std::string_view target;
    std::string_view body;
  } const cases[] = {
      {"/topic/tombstone?%zz", R"({"message":"INVALID_REQUEST"})"},
      {"/topic/tombstone", R"({"message":"MISSING_ARG_TOPIC"})"},
      {"/topic/tombstone?node=a:1", R"({"message":"MISSING_ARG_TOPIC"})"},
      {"/topic/tombstone?topic=*", R"({"message":"INVALID_ARG_TOPIC"})"},
      {"/topic/tombstone?topic=*&node=a.example:4151", R"({"message":"INVALID_ARG_TOPIC"})"},
      {"/topic/tombstone?topic=t", R"({"message":"MISSING_ARG_NODE"})"},
  };
  world here;
  here.add_to("t", "a.example");
  for (auto const& [target, body] : cases) {
    auto const answer = here.post(target);
    EXPECT_EQ(answer.status, 400U) << target;
    EXPECT_EQ(answer.body, body) << target;
  }
  EXPECT_TRUE(is_found(here, "t", "a.example"));
}

TEST(tombstone, of_nobody_is_fine) {
  world here;
  here.add_to("t", "a.example");
  for (std::string_view const query :
       {"topic=nosuch&node=a.example:4151", "topic=bad$&node=", "topic=&node", "topic=t&node=",
        "topic=t&node=a.example", "topic=t&node=a.example:4152", "topic=t&node=b.example:4151",
        "topic=t&node=a.example:04151", "topic=other&topic=t&node=a.example:4151"}) {
    auto const answer = here.post("/topic/tombstone?" + std::string{query});
    EXPECT_EQ(answer.status, 200U) << query;
    EXPECT_EQ(answer.body, "") << query;
    EXPECT_TRUE(answer.nsq_content_type);
    EXPECT_TRUE(is_found(here, "t", "a.example")) << query;
  }
}

TEST(tombstone, hides_a_producer_from_one_topic_for_its_lifetime) {
  world here{{.tombstone_lifetime = 45s}};
  auto const id = here.add_to("t", "a.example");
  here.db.register_producer(id, "other", {});
  EXPECT_EQ(here.post("/topic/tombstone?topic=t&node=a.example:4151").status, 200U);
  EXPECT_FALSE(is_found(here, "t", "a.example"));
  EXPECT_TRUE(is_found(here, "other", "a.example"));

  here.now += 45s - 1ns;
  EXPECT_FALSE(is_found(here, "t", "a.example"));
  here.now += 1ns;
  EXPECT_TRUE(is_found(here, "t", "a.example"));
}

TEST(tombstone, again_restarts_the_lifetime) {
  world here;
  here.add_to("t", "a.example");
  here.post("/topic/tombstone?topic=t&node=a.example:4151");
  here.now += 30s;
  here.post("/topic/tombstone?topic=t&node=a.example:4151");
  here.now += 30s;
  EXPECT_FALSE(is_found(here, "t", "a.example"));
}

TEST(tombstone, stays_until_the_producer_leaves_the_topic) {
  world here;
  auto const id = here.add_to("t", "a.example");
  here.post("/topic/tombstone?topic=t&node=a.example:4151");
  here.db.register_producer(id, "t", "c");
  here.db.ping(id, here.now);
  here.post("/topic/create?topic=t");
  EXPECT_FALSE(is_found(here, "t", "a.example"));
  here.db.unregister_topic(id, "t");
  here.db.register_producer(id, "t", {});
  EXPECT_TRUE(is_found(here, "t", "a.example"));
}

TEST(tombstone, ends_when_the_producer_connects_anew) {
  world here;
  auto const id = here.add_to("t", "a.example");
  here.post("/topic/tombstone?topic=t&node=a.example:4151");
  here.db.remove_producer(id);
  here.add_to("t", "a.example");
  EXPECT_TRUE(is_found(here, "t", "a.example"));
}

TEST(tombstone, finds_ipv6_hosts_with_and_without_brackets) {
  for (std::string_view const announced : {"::1", "[::1]"}) {
    for (std::string_view const asked : {"::1:4151", "[::1]:4151", "%5B%3A%3A1%5D%3A4151"}) {
      world here;
      here.add_to("t", announced);
      here.post("/topic/tombstone?topic=t&node=" + std::string{asked});
      EXPECT_FALSE(is_found(here, "t", announced)) << announced << ' ' << asked;
    }
  }
}

TEST(tombstone, hits_every_connection_of_that_node) {
  world here;
  here.add_to("t", "a.example");
  here.add_to("t", "a.example");
  here.post("/topic/tombstone?topic=t&node=a.example:4151");
  EXPECT_FALSE(is_found(here, "t", "a.example"));
}

}  // namespace
}  // namespace nsqlookupd::http_api
