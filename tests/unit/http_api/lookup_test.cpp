// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

using namespace std::chrono_literals;

TEST(lookup, of_a_producer_in_bytes) {
  world here;
  auto const id = here.add_to("t", "a.example");
  here.db.register_producer(id, "t", "c2");
  here.db.register_producer(id, "t", "c1");
  EXPECT_EQ(here.bytes("GET", "/lookup?topic=t"),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: application/json; charset=utf-8\r\n"
            "X-Nsq-Content-Type: nsq; version=1.0\r\n"
            "X-Nsq-Index: 6\r\n"
            "ETag: \"6\"\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 224\r\n\r\n"
            R"({"channels":["c1","c2"],"producers":[{"remote_address":"10.0.0.1:4160",)"
            R"("hostname":"host","broadcast_address":"a.example","tcp_port":4150,"http_port":4151,)"
            R"("version":"1.3.0","topology_zone":"zone","topology_region":"region"}]})");
}

TEST(lookup, names_every_field_even_when_it_is_empty) {
  world here;
  auto const id = here.db.add_producer({.remote_address = "[::1]:5",
                                        .hostname = "",
                                        .broadcast_address = "b",
                                        .tcp_port = -1,
                                        .http_port = 70000,
                                        .version = "v",
                                        .topology_zone = "",
                                        .topology_region = ""},
                                       here.now);
  here.db.register_producer(id, "t", {});
  EXPECT_EQ(here.get("/lookup?topic=t").body,
            R"({"channels":[],"producers":[{"remote_address":"[::1]:5","hostname":"",)"
            R"("broadcast_address":"b","tcp_port":-1,"http_port":70000,"version":"v",)"
            R"("topology_zone":"","topology_region":""}]})");
}

TEST(lookup, escapes_what_producers_say_of_themselves) {
  world here;
  auto const id = here.db.add_producer({.remote_address = "1.2.3.4:5",
                                        .hostname = "\"q\\\x01\n",
                                        .broadcast_address = "<h&\u2028\u00e9\x7f>",
                                        .version = "v/1\xff",
                                        .topology_zone = "<",
                                        .topology_region = ">"},
                                       here.now);
  here.db.register_producer(id, "t", {});
  EXPECT_EQ(here.get("/lookup?topic=t").body,
            "{\"channels\":[],\"producers\":[{\"remote_address\":\"1.2.3.4:5\","
            "\"hostname\":\"\\\"q\\\\\\u0001\\n\","
            "\"broadcast_address\":\"\\u003ch\\u0026\\u2028\u00e9\x7f\\u003e\","
            "\"tcp_port\":0,\"http_port\":0,\"version\":\"v/1\\ufffd\","
            "\"topology_zone\":\"\\u003c\",\"topology_region\":\"\\u003e\"}]}");
}

TEST(lookup, of_a_known_but_empty_topic) {
  world here;
  here.db.create_topic("t");
  EXPECT_EQ(here.get("/lookup?topic=t").body, R"({"channels":[],"producers":[]})");
}

TEST(lookup, of_no_topic) {
  world here;
  here.db.create_topic("t");
  struct {
    std::string_view target;
    unsigned status;
    std::string_view body;
  } const cases[] = {
      {"/lookup", 400, R"({"message":"MISSING_ARG_TOPIC"})"},
      {"/lookup?TOPIC=t", 400, R"({"message":"MISSING_ARG_TOPIC"})"},
      {"/lookup?topic", 404, R"({"message":"TOPIC_NOT_FOUND"})"},
      {"/lookup?topic=", 404, R"({"message":"TOPIC_NOT_FOUND"})"},
      {"/lookup?topic=nosuch", 404, R"({"message":"TOPIC_NOT_FOUND"})"},
      {"/lookup?topic=t+", 404, R"({"message":"TOPIC_NOT_FOUND"})"},
      {"/lookup?topic=nosuch&topic=t", 404, R"({"message":"TOPIC_NOT_FOUND"})"},
      {"/lookup?topic=\xff\xfe", 404, R"({"message":"TOPIC_NOT_FOUND"})"},
  };
  for (auto const& [target, status, body] : cases) {
    auto const answer = here.get(target);
    EXPECT_EQ(answer.status, status) << target;
    EXPECT_EQ(answer.body, body) << target;
    EXPECT_TRUE(answer.nsq_content_type);
  }
}

TEST(lookup, takes_the_first_value_and_decodes_it) {
  world here;
  here.db.create_topic("t#ephemeral");
  for (std::string_view const target : {"/lookup?topic=t%23ephemeral", "/lookup?topic=t#ephemeral",
                                        "/lookup?x=y&topic=%74%23ephemeral&topic=other"}) {
    EXPECT_EQ(here.get(target).status, 200U) << target;
  }
}

TEST(lookup, leaves_out_inactive_producers) {
  world here{{.inactive_producer_timeout = 300s}};
  here.add_to("t", "a.example");
  auto const lively = here.add_to("t", "b.example");
  here.now += 300s;
  EXPECT_EQ(here.get("/lookup?topic=t").body, R"({"channels":[],"producers":[)" +
                                                  producer_json("a.example") + ',' +
                                                  producer_json("b.example") + "]}");
  here.now += 1ns;
  here.db.ping(lively, here.now);
  EXPECT_EQ(here.get("/lookup?topic=t").body,
            R"({"channels":[],"producers":[)" + producer_json("b.example") + "]}");
}

TEST(lookup, of_any_topic) {
  world here;
  EXPECT_EQ(here.get("/lookup?topic=*").body, R"({"message":"TOPIC_NOT_FOUND"})");
  here.db.create_topic("empty");
  EXPECT_EQ(here.get("/lookup?topic=*").body, R"({"channels":[],"producers":[]})");

  auto const first = here.add_to("t1", "a.example");
  here.db.register_producer(first, "t2", "shared");
  here.db.register_producer(first, "t1", "shared");
  here.db.register_producer(first, "t1", "alone");
  here.add_to("t2", "b.example");
  here.add("without-topic.example");
  auto const of_both = R"({"channels":["alone","shared"],"producers":[)" +
                       producer_json("a.example") + ',' + producer_json("b.example") + "]}";
  EXPECT_EQ(here.get("/lookup?topic=*").body, of_both);

  here.post("/topic/tombstone?topic=t1&node=a.example:4151");
  EXPECT_EQ(here.get("/lookup?topic=*").body, of_both);
  here.post("/topic/tombstone?topic=t2&node=a.example:4151");
  EXPECT_EQ(here.get("/lookup?topic=*").body,
            R"({"channels":["alone","shared"],"producers":[)" + producer_json("b.example") + "]}");
}

TEST(lookup, forgets_a_producer_when_it_disconnects) {
  world here;
  auto const id = here.add_to("t", "a.example");
  here.db.remove_producer(id);
  EXPECT_EQ(here.get("/lookup?topic=t").body, R"({"channels":[],"producers":[]})");
}

}  // namespace
}  // namespace nsqlookupd::http_api
