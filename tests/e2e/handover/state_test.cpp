// SPDX-License-Identifier: MIT
//
// The registry is the same after a hand-over.
#include "eventually.hpp"
#include "ping_watch.hpp"
#include "replaceable_server.hpp"
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using std::chrono::steady_clock;
using test_support::eventually;
using test_support::http_client;
using test_support::lookup_client;
using strings = std::vector<std::string>;

// Everything that a client can be told.
strings const targets{"/topics",
                      "/topics?empty=true",
                      "/nodes",
                      "/lookup?topic=t",
                      "/lookup?topic=hidden",
                      "/lookup?topic=empty",
                      "/lookup?topic=unknown",
                      "/lookup?topic=*",
                      "/channels?topic=t",
                      "/channels?topic=made",
                      "/channels?topic=*",
                      "/debug",
                      "/events?limit=10000",
                      "/readyz?verbose",
                      "/info"};

std::map<std::string, std::string> answers_of(replaceable_server const& server) {
  std::map<std::string, std::string> found;
  auto asking = server.http_client();
  for (auto const& target : targets) {
    auto const reply = asking.get(target);
    found[target] = reply.status_line + '\n' + reply.field("X-Nsq-Index") + '\n' +
                    reply.field("ETag") + '\n' + reply.body;
  }
  return found;
}

void post(replaceable_server const& server, std::string const& target) {
  EXPECT_EQ(server.http_client().post(target).status(), 200) << target;
}

std::string lookup(replaceable_server const& server, std::string const& topic) {
  return server.http_client().get("/lookup?topic=" + topic).body;
}

bool is_listed(replaceable_server const& server, std::string const& topic,
               lookup_client const& producer, std::string const& address = "10.0.0.1") {
  return lookup(server, topic).find(producer.as_producer(address)) != std::string::npos;
}

TEST(state, is_the_same_in_every_answer) {
  replaceable_server server{{.flags = {"-tombstone-lifetime=1h"}}};
  auto const first = server.producer("10.0.0.1", {"t c", "t d", "hidden h", "e#ephemeral c"});
  auto second = server.producer("10.0.0.2", {"t c#ephemeral", "hidden h", "u"});
  auto old = server.lookup_client();
  old.send("ANNOUNCE t c 4150\n" + std::string{"\0\0\0\x09", 4} + "10.0.0.3\n");
  EXPECT_EQ(old.receive_frame(), "OK");
  {
    auto const gone = server.producer("10.0.0.4", {"empty c", "t"});
  }
  second.command("UNREGISTER u");
  second.command("PING");
  post(server, "/channel/create?topic=made&channel=m");
  post(server, "/topic/create?topic=removed");
  post(server, "/topic/delete?topic=removed");
  post(server, "/topic/tombstone?topic=hidden&node=10.0.0.1:4151");
  EXPECT_TRUE(eventually([&] { return server.metric("nsqlookupd_producers") == 3; }));
  auto const before = answers_of(server);
  for (int round = 0; round < 3; ++round) {
    server.hand_over();
    EXPECT_EQ(answers_of(server), before);
  }
  EXPECT_EQ(server.metric("nsqlookupd_producers"), 3);
}

TEST(state, grows_by_greater_revisions_and_no_restart) {
  replaceable_server server;
  auto const producer = server.producer("10.0.0.1", {"t"});
  auto asking = server.http_client();
  auto const index = [&] {
    return std::stoull(asking.get("/lookup?topic=t").field("X-Nsq-Index"));
  };
  auto const before = index();
  server.hand_over();
  asking.send("GET /lookup?topic=t HTTP/1.1\r\nHost: h\r\nIf-None-Match: \"" +
              std::to_string(before) + "\"\r\n\r\n");
  EXPECT_EQ(asking.receive_head().status(), 304);
  auto const other = server.producer("10.0.0.2", {"t"});
  EXPECT_GT(index(), before);
  auto const events = asking.get("/events?since=" + std::to_string(before)).body;
  EXPECT_EQ(events.find("restart"), std::string::npos) << events;
  EXPECT_EQ(events.find("removed"), std::string::npos) << events;
}

// The time of the one change of this kind in /events, in microseconds of its day.
std::int64_t time_of(http_client asking, std::string const& kind) {
  auto const answer = json::parse(asking.get("/events?kind=" + kind).body);
  auto const& events = answer.at("events").as_array();
  if (events.size() != 1) {
    ADD_FAILURE() << kind << ": " << answer;
    return 0;
  }
  // 2026-11-30T10:51:07.123456Z
  std::string const time{events.front().at("time").as_string()};
  auto const number = [&](std::size_t at, std::size_t size) {
    return std::stoll(time.substr(at, size));
  };
  return ((number(11, 2) * 60 + number(14, 2)) * 60 + number(17, 2)) * 1'000'000 + number(20, 6);
}

TEST(state, ends_tombstones_when_they_would_have_ended) {
  constexpr std::int64_t lifetime = 3'000'000;
  constexpr std::int64_t day = 86'400'000'000;
  replaceable_server server{{.flags = {"-tombstone-lifetime=3s"}}};
  auto const producer = server.producer("10.0.0.1", {"t", "u"});
  auto const began = steady_clock::now();
  post(server, "/topic/tombstone?topic=t&node=10.0.0.1:4151");
  server.hand_over();
  bool const is_listed_yet = is_listed(server, "t", producer);
  EXPECT_TRUE(!is_listed_yet || steady_clock::now() - began >= 3s);
  EXPECT_TRUE(is_listed(server, "u", producer));
  EXPECT_TRUE(eventually([&] { return is_listed(server, "t", producer); }));
  auto const lived = (time_of(server.http_client(), "tombstone_ended") -
                      time_of(server.http_client(), "tombstoned") + day) %
                     day;
  EXPECT_GE(lived, lifetime);
  EXPECT_LT(static_cast<double>(lived - lifetime) / 1'000, time_here(1s).count());
}

TEST(state, takes_a_hand_over_for_no_ping) {
  replaceable_server server{{.flags = {"-inactive-producer-timeout=1s"}}};
  auto silent = server.producer("10.0.0.1", {"t"});
  EXPECT_TRUE(eventually([&] { return !is_listed(server, "t", silent); }));
  server.hand_over();
  EXPECT_FALSE(is_listed(server, "t", silent));
  EXPECT_TRUE(
      eventually([&] { return silent.command("PING") == "OK" && is_listed(server, "t", silent); }));
}

TEST(state, falls_silent_after_it_when_nothing_more_is_heard) {
  replaceable_server server{{.flags = {"-inactive-producer-timeout=2s"}}};
  auto const silent = server.producer("10.0.0.1", {"t"});
  server.hand_over();
  EXPECT_TRUE(eventually([&] { return !is_listed(server, "t", silent); }));
  EXPECT_NE(server.http_client().get("/events").body.find("producer_silent"), std::string::npos);
}

TEST(state, has_the_deadlines_of_all_connections) {
  replaceable_server server{{.flags = {"-handshake-timeout=2s", "-producer-idle-timeout=2s",
                                       "-http-idle-timeout=2s", "-http-header-timeout=2s"}}};
  auto producer = server.producer("10.0.0.1", {"t"});
  test_support::tcp_client silent{server.running().tcp_port()};
  auto idle = server.http_client();
  EXPECT_EQ(idle.get("/ping").body, "OK");
  auto half = server.http_client();
  half.send("GET /pi");
  server.hand_over();
  EXPECT_EQ(producer.receive_to_end(), "");
  EXPECT_EQ(silent.receive_to_end(), "");
  EXPECT_EQ(idle.receive_to_end(), "");
  static_cast<void>(half.receive_to_end());
  EXPECT_EQ(server.metric("nsqlookupd_producers"), 0);
}

TEST(state, counts_registrations_towards_their_limits) {
  replaceable_server server{{.flags = {"-max-registrations-per-producer=4", "-max-topics=3"}}};
  auto producer = server.producer("10.0.0.1", {"a c", "b"});
  server.hand_over();
  EXPECT_EQ(producer.command("REGISTER c"), "OK");
  EXPECT_TRUE(producer.command("REGISTER a d").starts_with("E_INVALID ")) << "its limit";
  auto other = server.producer("10.0.0.2");
  EXPECT_TRUE(other.command("REGISTER d").starts_with("E_INVALID ")) << "everybody's limit";
  EXPECT_EQ(producer.command("UNREGISTER a"), "OK");
  EXPECT_EQ(producer.command("REGISTER b d"), "OK");
}

// Nine of ten connections may be those of producers; the others wait.
TEST(state, counts_connections_towards_their_limit) {
  replaceable_server server{{.flags = {"-max-connections=10"}}};
  constexpr std::size_t served = 9;
  constexpr std::size_t all = 12;
  std::vector<std::optional<lookup_client>> clients;
  for (std::size_t number = 0; number < all; ++number) {
    clients.emplace_back(server.lookup_client())->send("PING\n");
  }
  for (std::size_t number = 0; number < served; ++number) {
    EXPECT_EQ(clients[number]->receive_frame(), "OK");
  }
  server.hand_over();
  for (std::size_t number = 0; number < served; ++number) {
    EXPECT_EQ(clients[number]->command("PING"), "OK");
  }
  for (std::size_t waiting = served; waiting < all; ++waiting) {
    EXPECT_EQ(server.metric("nsqlookupd_tcp_connections"), served);
    EXPECT_FALSE(clients[waiting]->is_readable());
    clients[waiting - served].reset();
    EXPECT_EQ(clients[waiting]->receive_frame(), "OK");
  }
}

TEST(state, loses_those_that_leave_later) {
  replaceable_server server;
  std::vector<lookup_client> clients;
  clients.push_back(server.producer("10.0.0.1", {"t", "e#ephemeral"}));
  clients.push_back(server.producer("10.0.0.2", {"t"}));
  server.hand_over();
  clients.front().reset();
  EXPECT_TRUE(eventually([&] {
    return lookup(server, "t") ==
           R"({"channels":[],"producers":[)" + clients.back().as_producer("10.0.0.2") + "]}";
  }));
  EXPECT_EQ(server.http_client().get("/topics").body, R"({"topics":["t"]})");
  clients.clear();
  EXPECT_TRUE(
      eventually([&] { return lookup(server, "t") == R"({"channels":[],"producers":[]})"; }));
}

TEST(state, that_nobody_has_asked_for_yet_is_empty) {
  replaceable_server server;
  auto const lines = server.hand_over();
  EXPECT_THAT(lines.back(), testing::HasSubstr(" HANDOVER: resumed 0 producers in "));
  EXPECT_EQ(server.http_client().get("/topics").body, R"({"topics":[]})");
}

}  // namespace
}  // namespace nsqlookupd::e2e
