// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

using namespace std::chrono_literals;

/// How a producer of world::add() looks in `/nodes`, with these two arrays at its end.
std::string node_json(std::string_view broadcast_address, std::string_view tombstones,
                      std::string_view topics) {
  auto json = producer_json(broadcast_address);
  json.pop_back();
  return json + R"(,"tombstones":)" + std::string{tombstones} + R"(,"topics":)" +
         std::string{topics} + '}';
}

TEST(nodes, none) {
  world here;
  EXPECT_EQ(here.bytes("GET", "/nodes"),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: application/json; charset=utf-8\r\n"
            "X-Nsq-Content-Type: nsq; version=1.0\r\n"
            "X-Nsq-Index: 0\r\n"
            "ETag: \"0\"\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 16\r\n\r\n"
            R"({"producers":[]})");
}

TEST(nodes, tombstones_and_topics_correspond) {
  world here;
  auto const id = here.add_to("t2", "a.example");
  here.db.register_producer(id, "t3", "c");
  here.db.register_producer(id, "t1", {});
  here.add("b.example");
  EXPECT_EQ(here.get("/nodes").body,
            R"({"producers":[)" +
                node_json("a.example", "[false,false,false]", R"(["t1","t2","t3"])") + ',' +
                node_json("b.example", "[]", "[]") + "]}");

  here.post("/topic/tombstone?topic=t2&node=a.example:4151");
  EXPECT_EQ(here.get("/nodes").body,
            R"({"producers":[)" +
                node_json("a.example", "[false,true,false]", R"(["t1","t2","t3"])") + ',' +
                node_json("b.example", "[]", "[]") + "]}");

  here.now += 45s;
  EXPECT_NE(here.get("/nodes").body.find("[false,false,false]"), std::string::npos);
}

TEST(nodes, follow_every_change_of_their_topics) {
  world here;
  auto const id = here.add("a.example");
  auto const expect = [&](std::string_view tombstones, std::string_view topics) {
    EXPECT_EQ(here.get("/nodes").body,
              R"({"producers":[)" + node_json("a.example", tombstones, topics) + "]}");
  };
  expect("[]", "[]");
  here.db.register_producer(id, "b", "c");
  expect("[false]", R"(["b"])");
  here.db.register_producer(id, "a", {});
  expect("[false,false]", R"(["a","b"])");
  here.db.register_producer(id, "a", "c");
  here.db.unregister_channel(id, "b", "c");
  expect("[false,false]", R"(["a","b"])");
  here.db.unregister_topic(id, "a");
  expect("[false]", R"(["b"])");
  here.post("/topic/delete?topic=b");
  expect("[]", "[]");
  here.db.register_producer(id, "b", {});
  expect("[false]", R"(["b"])");
  while (here.db.reclaim(1)) {
  }
  expect("[false]", R"(["b"])");
}

TEST(nodes, stay_when_their_topic_is_deleted) {
  world here;
  here.add_to("t", "a.example");
  here.post("/topic/delete?topic=t");
  EXPECT_EQ(here.get("/nodes").body,
            R"({"producers":[)" + node_json("a.example", "[]", "[]") + "]}");
}

TEST(nodes, leave_when_they_are_silent_or_gone) {
  world here;
  auto const gone = here.add("a.example");
  auto const silent = here.add("b.example");
  here.db.remove_producer(gone);
  EXPECT_EQ(here.get("/nodes").body,
            R"({"producers":[)" + node_json("b.example", "[]", "[]") + "]}");
  here.now += 300s + 1ns;
  EXPECT_EQ(here.get("/nodes").body, R"({"producers":[]})");
  here.db.ping(silent, here.now);
  EXPECT_EQ(here.get("/nodes").body,
            R"({"producers":[)" + node_json("b.example", "[]", "[]") + "]}");
}

TEST(nodes, two_connections_of_one_nsqd_are_two) {
  world here;
  here.add("a.example", 4151);
  here.add("a.example", 4152);
  auto const body = here.get("/nodes").body;
  EXPECT_NE(body.find("10.0.0.1:4160"), std::string::npos);
  EXPECT_NE(body.find("10.0.0.1:4161"), std::string::npos);
}

}  // namespace
}  // namespace nsqlookupd::http_api
