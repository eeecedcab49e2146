// SPDX-License-Identifier: MIT
//
// `/topics` and `/channels`.
#include "world.hpp"
#include <gtest/gtest.h>

#include <string_view>

namespace nsqlookupd::http_api {
namespace {

TEST(topics, are_sorted) {
  world here;
  EXPECT_EQ(here.get("/topics").body, R"({"topics":[]})");
  for (std::string_view const name : {"t2", "t10", "T1", "e#ephemeral", "t1"}) {
    here.db.create_topic(name);
  }
  EXPECT_EQ(here.bytes("GET", "/topics"),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: application/json; charset=utf-8\r\n"
            "X-Nsq-Content-Type: nsq; version=1.0\r\n"
            "X-Nsq-Index: 5\r\n"
            "ETag: \"5\"\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 47\r\n\r\n"
            R"({"topics":["T1","e#ephemeral","t1","t10","t2"]})");
}

TEST(channels, of_a_topic_are_sorted) {
  world here;
  here.db.create_channel("t", "c2");
  here.db.create_channel("t", "c10");
  here.db.create_channel("other", "c0");
  auto const answer = here.get("/channels?topic=t");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body, R"({"channels":["c10","c2"]})");
  EXPECT_EQ(answer.content, content_type::json);
  EXPECT_TRUE(answer.nsq_content_type);
}

TEST(channels, of_an_unknown_topic_are_none) {
  world here;
  here.db.create_channel("t", "c");
  for (std::string_view const target :
       {"/channels?topic=nosuch", "/channels?topic=", "/channels?topic", "/channels?topic=bad$"}) {
    auto const answer = here.get(target);
    EXPECT_EQ(answer.status, 200U) << target;
    EXPECT_EQ(answer.body, R"({"channels":[]})") << target;
  }
}

TEST(channels, need_a_topic) {
  world here;
  auto const answer = here.get("/channels");
  EXPECT_EQ(answer.status, 400U);
  EXPECT_EQ(answer.body, R"({"message":"MISSING_ARG_TOPIC"})");
}

TEST(channels, of_any_topic_are_sorted_and_each_there_once) {
  world here;
  EXPECT_EQ(here.get("/channels?topic=*").body, R"({"channels":[]})");
  here.db.create_channel("t1", "b");
  here.db.create_channel("t1", "d");
  here.db.create_channel("t2", "a");
  here.db.create_channel("t2", "b");
  here.db.create_topic("t3");
  here.db.create_channel("t4", "c");
  EXPECT_EQ(here.get("/channels?topic=*").body, R"({"channels":["a","b","c","d"]})");
  EXPECT_EQ(here.get("/channels?topic=%2A").body, R"({"channels":["a","b","c","d"]})");
}

}  // namespace
}  // namespace nsqlookupd::http_api
