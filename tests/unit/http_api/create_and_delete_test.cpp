// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

struct refused_case {
  std::string_view target;
  std::string_view code;
};

void expect_done(answered const& answer) {
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.content, content_type::none);
  EXPECT_TRUE(answer.nsq_content_type);
  EXPECT_TRUE(answer.logged);
}

void expect_refused(answered const& answer, unsigned status, std::string_view code) {
  EXPECT_EQ(answer.status, status);
  EXPECT_EQ(answer.body, R"({"message":")" + std::string{code} + R"("})");
  EXPECT_EQ(answer.content, content_type::json);
  EXPECT_TRUE(answer.nsq_content_type);
}

TEST(create_and_delete, arguments_are_checked_in_order) {
  constexpr refused_case cases[] = {
      {"/topic/create?%zz", "INVALID_REQUEST"},
      {"/topic/create", "MISSING_ARG_TOPIC"},
      {"/topic/create?channel=c", "MISSING_ARG_TOPIC"},
      {"/topic/create?topic", "INVALID_ARG_TOPIC"},
      {"/topic/create?topic=", "INVALID_ARG_TOPIC"},
      {"/topic/create?topic=bad$", "INVALID_ARG_TOPIC"},
      {"/topic/create?topic=a+b", "INVALID_ARG_TOPIC"},
      {"/topic/create?topic=*", "INVALID_ARG_TOPIC"},
      {"/topic/create?topic=%23ephemeral", "INVALID_ARG_TOPIC"},
      {"/topic/create?topic=&topic=t", "INVALID_ARG_TOPIC"},
      {"/channel/create?topic=bad$&channel=bad$&%", "INVALID_REQUEST"},
      {"/channel/create", "MISSING_ARG_TOPIC"},
      {"/channel/create?channel=bad$", "MISSING_ARG_TOPIC"},
      {"/channel/create?topic=bad$", "INVALID_ARG_TOPIC"},
      {"/channel/create?topic=bad$&channel=bad$", "INVALID_ARG_TOPIC"},
      {"/channel/create?topic=*&channel=c", "INVALID_ARG_TOPIC"},
      {"/channel/create?topic=t", "MISSING_ARG_CHANNEL"},
      {"/channel/create?topic=t&channel", "INVALID_ARG_CHANNEL"},
      {"/channel/create?topic=t&channel=", "INVALID_ARG_CHANNEL"},
      {"/channel/create?topic=t&channel=bad$", "INVALID_ARG_CHANNEL"},
      {"/channel/delete?topic=t&channel=c;", "INVALID_REQUEST"},
      {"/channel/delete", "MISSING_ARG_TOPIC"},
      {"/channel/delete?topic=bad$", "INVALID_ARG_TOPIC"},
      {"/channel/delete?topic=*&channel=c", "INVALID_ARG_TOPIC"},
      {"/channel/delete?topic=t", "MISSING_ARG_CHANNEL"},
      {"/channel/delete?topic=t&channel=*", "INVALID_ARG_CHANNEL"},
      {"/topic/delete?%", "INVALID_REQUEST"},
      {"/topic/delete", "MISSING_ARG_TOPIC"},
      {"/topic/delete?topic=*", "INVALID_ARG_TOPIC"},
      {"/topic/delete?topic=%2a", "INVALID_ARG_TOPIC"},
  };
  world here;
  here.db.create_channel("known", "c");
  for (auto const& [target, code] : cases) {
    SCOPED_TRACE(target);
    expect_refused(here.post(target), 400, code);
  }
  EXPECT_EQ(here.get("/topics").body, R"({"topics":["known"]})");
  EXPECT_EQ(here.get("/channels?topic=known").body, R"({"channels":["c"]})");
}

TEST(create_and_delete, a_topic) {
  world here;
  expect_done(here.post("/topic/create?topic=t1"));
  expect_done(here.post("/topic/create?topic=t1"));
  expect_done(here.post("/topic/create?topic=first&topic=second&x=y"));
  expect_done(here.post("/topic/create?topic=e%23ephemeral"));
  EXPECT_EQ(here.get("/topics").body, R"({"topics":["e#ephemeral","first","t1"]})");

  expect_done(here.post("/topic/delete?topic=t1"));
  EXPECT_EQ(here.get("/topics").body, R"({"topics":["e#ephemeral","first"]})");
}

TEST(create_and_delete, names_have_up_to_64_bytes) {
  world here;
  expect_done(here.post("/topic/create?topic=" + std::string(64, 'a')));
  expect_refused(here.post("/topic/create?topic=" + std::string(65, 'a')), 400,
                 "INVALID_ARG_TOPIC");
  expect_done(here.post("/channel/create?topic=t&channel=" + std::string(64, 'a')));
  expect_refused(here.post("/channel/create?topic=t&channel=" + std::string(65, 'a')), 400,
                 "INVALID_ARG_CHANNEL");
}

TEST(create_and_delete, deleting_an_unknown_topic_is_fine) {
  world here;
  here.db.create_topic("t");
  for (std::string_view const target : {"/topic/delete?topic=nosuch", "/topic/delete?topic=",
                                        "/topic/delete?topic", "/topic/delete?topic=bad$"}) {
    SCOPED_TRACE(target);
    expect_done(here.post(target));
  }
  EXPECT_TRUE(here.db.has_topic("t"));
}

TEST(create_and_delete, a_topic_takes_its_channels_along) {
  world here;
  here.db.create_channel("t", "c");
  expect_done(here.post("/topic/delete?topic=t"));
  EXPECT_EQ(here.get("/lookup?topic=t").status, 404U);
  EXPECT_EQ(here.get("/channels?topic=*").body, R"({"channels":[]})");
}

TEST(create_and_delete, a_channel) {
  world here;
  expect_done(here.post("/channel/create?topic=t1&channel=c1"));
  EXPECT_EQ(here.get("/topics").body, R"({"topics":["t1"]})");
  EXPECT_EQ(here.get("/channels?topic=t1").body, R"({"channels":["c1"]})");

  expect_done(here.post("/channel/delete?topic=t1&channel=c1"));
  EXPECT_EQ(here.get("/channels?topic=t1").body, R"({"channels":[]})");
  EXPECT_TRUE(here.db.has_topic("t1"));
  expect_refused(here.post("/channel/delete?topic=t1&channel=c1"), 404, "CHANNEL_NOT_FOUND");
  expect_refused(here.post("/channel/delete?topic=nosuch&channel=c1"), 404, "CHANNEL_NOT_FOUND");
}

TEST(create_and_delete, limits_refuse_what_is_new) {
  world here{{}, {.topics = 2, .channels_per_topic = 1}};
  expect_done(here.post("/topic/create?topic=t1"));
  expect_done(here.post("/channel/create?topic=t2&channel=c1"));
  expect_refused(here.post("/topic/create?topic=t3"), 400, "TOO_MANY_TOPICS");
  expect_refused(here.post("/channel/create?topic=t3&channel=c1"), 400, "TOO_MANY_TOPICS");
  expect_refused(here.post("/channel/create?topic=t2&channel=c2"), 400, "TOO_MANY_CHANNELS");
  expect_done(here.post("/topic/create?topic=t1"));
  expect_done(here.post("/channel/create?topic=t2&channel=c1"));
  EXPECT_EQ(here.get("/topics").body, R"({"topics":["t1","t2"]})");
  EXPECT_EQ(here.get("/channels?topic=*").body, R"({"channels":["c1"]})");
}

TEST(create_and_delete, a_good_post_in_bytes) {
  world here;
  EXPECT_EQ(here.bytes("POST", "/topic/create?topic=t1"),
            "HTTP/1.1 200 OK\r\n"
            "X-Nsq-Content-Type: nsq; version=1.0\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 0\r\n\r\n");
}

}  // namespace
}  // namespace nsqlookupd::http_api
