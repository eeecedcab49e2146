// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

constexpr std::string_view done = R"({"status_code":200,"status_txt":"OK","data":null})";

void expect_empty_ok(answered const& answer) {
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body, done);
}

TEST(legacy, in_bytes) {
  world here;
  EXPECT_EQ(here.bytes("GET", "/create_topic?topic=t"),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: application/json; charset=utf-8\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 49\r\n\r\n"
            R"({"status_code":200,"status_txt":"OK","data":null})");
}

TEST(legacy, routes_do_what_they_say) {
  for (std::string_view const method : {"GET", "POST"}) {
    world here;
    expect_empty_ok(here.ask(method, "/create_topic?topic=t1"));
    expect_empty_ok(here.ask(method, "/create_channel?topic=t2&channel=c2"));
    EXPECT_EQ(here.get("/topics").body, R"({"topics":["t1","t2"]})");
    EXPECT_EQ(here.get("/channels?topic=t2").body, R"({"channels":["c2"]})");

    expect_empty_ok(here.ask(method, "/delete_channel?topic=t2&channel=c2"));
    EXPECT_EQ(here.get("/channels?topic=t2").body, R"({"channels":[]})");
    expect_empty_ok(here.ask(method, "/delete_topic?topic=t2"));
    expect_empty_ok(here.ask(method, "/delete_topic?topic=t2"));
    EXPECT_EQ(here.get("/topics").body, R"({"topics":["t1"]})");

    here.add_to("t1", "a.example");
    expect_empty_ok(here.ask(method, "/tombstone_topic_producer?topic=t1&node=a.example:4151"));
    EXPECT_EQ(here.get("/lookup?topic=t1").body, R"({"channels":[],"producers":[]})");
  }
}

TEST(legacy, errors_are_500_in_the_envelope) {
  struct {
    std::string_view target;
    std::string_view text;
  } const cases[] = {
      {"/create_topic?%zz", "INVALID_REQUEST"},
      {"/create_topic", "MISSING_ARG_TOPIC"},
      {"/create_topic?topic=bad$", "INVALID_TOPIC"},
      {"/delete_topic", "MISSING_ARG_TOPIC"},
      {"/delete_topic?topic=*", "INVALID_ARG_TOPIC"},
      {"/create_channel", "MISSING_ARG_TOPIC"},
      {"/create_channel?topic=bad$", "INVALID_ARG_TOPIC"},
      {"/create_channel?topic=t", "MISSING_ARG_CHANNEL"},
      {"/create_channel?topic=t&channel=bad$", "INVALID_ARG_CHANNEL"},
      {"/delete_channel?topic=t", "MISSING_ARG_CHANNEL"},
      {"/tombstone_topic_producer", "MISSING_ARG_TOPIC"},
      {"/tombstone_topic_producer?topic=t", "MISSING_ARG_NODE"},
      {"/tombstone_topic_producer?topic=*&node=a:1", "INVALID_ARG_TOPIC"},
  };
  world here;
  here.db.create_topic("known");
  for (auto const& [target, text] : cases) {
    auto const answer = here.get(target);
    EXPECT_EQ(answer.status, 500U) << target;
    EXPECT_EQ(answer.body,
              R"({"status_code":500,"status_txt":")" + std::string{text} + R"(","data":null})")
        << target;
    EXPECT_EQ(answer.content, content_type::json);
    EXPECT_FALSE(answer.nsq_content_type);
    EXPECT_TRUE(answer.logged);
  }
  EXPECT_EQ(here.get("/topics").body, R"({"topics":["known"]})");
}

TEST(legacy, an_unknown_channel_is_404) {
  world here;
  auto const answer = here.get("/delete_channel?topic=t&channel=c");
  EXPECT_EQ(answer.status, 404U);
  EXPECT_EQ(answer.body, R"({"status_code":404,"status_txt":"NOT_FOUND","data":null})");
}

TEST(legacy, limits_refuse_too) {
  world here{{}, {.topics = 1}};
  here.get("/create_topic?topic=t1");
  EXPECT_EQ(here.get("/create_topic?topic=t2").body,
            R"({"status_code":500,"status_txt":"TOO_MANY_TOPICS","data":null})");
}

}  // namespace
}  // namespace nsqlookupd::http_api
