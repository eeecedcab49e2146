// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view never = R"("tombstoned":false,"tombstoned_at":-6795364578871345152)";

/// How a producer of world::add() that was never pinged looks in `/debug`.
std::string entry(std::string_view broadcast_address, std::string_view id,
                  std::string_view tombstone = never) {
  return R"({"broadcast_address":")" + std::string{broadcast_address} +
         R"(","hostname":"host","http_port":4151,"id":")" + std::string{id} +
         R"(","last_update":1795411881000000000,"tcp_port":4150,)" + std::string{tombstone} +
         R"(,"topology_region":"region","topology_zone":"zone","version":"1.3.0"})";
}

TEST(debug, of_nobody) {
  world here;
  here.db.create_channel("t", "c");
  EXPECT_EQ(here.bytes("GET", "/debug"),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: application/json; charset=utf-8\r\n"
            "X-Nsq-Content-Type: nsq; version=1.0\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 2\r\n\r\n"
            "{}");
}

TEST(debug, of_producers_without_topics) {
  world here;
  here.add("a.example");
  EXPECT_EQ(here.get("/debug").body,
            R"({"client::":[)" + entry("a.example", "10.0.0.1:4160") + "]}");
}

TEST(debug, one_key_per_registration_that_has_producers) {
  world here;
  auto const first = here.add_to("t2", "a.example");
  here.db.register_producer(first, "t1", "c2");
  here.db.register_producer(first, "t1", "c1");
  here.add_to("t1", "bb.example");
  here.db.create_channel("t1", "without-producers");
  auto const a = entry("a.example", "10.0.0.1:4160");
  auto const b = entry("bb.example", "10.0.0.1:4161");
  EXPECT_EQ(here.get("/debug").body, R"({"channel:t1:c1":[)" + a + R"(],"channel:t1:c2":[)" + a +
                                         R"(],"client::":[)" + a + ',' + b + R"(],"topic:t1:":[)" +
                                         a + ',' + b + R"(],"topic:t2:":[)" + a + "]}");
}

TEST(debug, of_a_registration_with_very_many_producers_has_them_all_in_order) {
  world here;
  std::string entries;
  for (int number = 0; number < 2000; ++number) {
    auto const address = "host-" + std::to_string(10'000 + number);
    auto const id = here.add_to("t1", address);
    here.db.register_producer(id, "t1", "c");
    entries += entry(address, "10.0.0.1:4161") + ',';
  }
  entries.pop_back();
  auto const last = here.add_to("t2", "z.example");
  auto const others = entry("z.example", "10.0.0.1:4160");
  auto const before = here.get("/debug").body;
  EXPECT_TRUE(before == R"({"channel:t1:c":[)" + entries + R"(],"client::":[)" + entries + ',' +
                            others + R"(],"topic:t1:":[)" + entries + R"(],"topic:t2:":[)" +
                            others + "]}")
      << before.substr(0, 1000);
  here.db.remove_producer(last);
  EXPECT_TRUE(here.get("/debug").body.ends_with(R"(],"topic:t1:":[)" + entries + "]}"));
}

TEST(debug, keeps_tombstones_after_their_time) {
  world here;
  here.add_to("t", "a.example");
  here.now += 1s;
  here.post("/topic/tombstone?topic=t&node=a.example:4151");
  here.now += 1h;
  auto const marked = entry("a.example", "10.0.0.1:4160",
                            R"("tombstoned":true,"tombstoned_at":1795411882000000000)");
  EXPECT_EQ(here.get("/debug").body, R"({"client::":[)" + entry("a.example", "10.0.0.1:4160") +
                                         R"(],"topic:t:":[)" + marked + "]}");
}

TEST(debug, shows_inactive_producers_and_when_they_were_heard) {
  world here;
  auto const id = here.add("a.example");
  here.now += 10s;
  here.db.ping(id, here.now + 5ns);
  here.now += 24h;
  EXPECT_NE(here.get("/debug").body.find(R"("last_update":1795411891000000005,)"),
            std::string::npos);
}

}  // namespace
}  // namespace nsqlookupd::http_api
