// SPDX-License-Identifier: MIT
//
// Changes that only time causes, and topics that nobody has. The server's clock stands still but
// for what a test lets pass; its timer is real.
#include "captured_log.hpp"
#include "changes.hpp"
#include <boost/json/parse.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using namespace test_support;

class by_time : public testing::TestWithParam<std::size_t> {
 protected:
  [[nodiscard]] static config::options settings() {
    auto result = loopback_options();
    result.threads = GetParam();
    result.inactive_producer_timeout = 60ms;
    result.tombstone_lifetime = 40ms;
    return result;
  }

  http_client wait_for_change_of(std::string const& target, std::size_t count = 1) {
    http_client client{server.http_port()};
    client.send(request_for(waiting_for(asking, target)));
    EXPECT_TRUE(are_watching(asking, count));
    EXPECT_FALSE(client.is_readable());
    return client;
  }

  // The causes of the changes of this kind.
  std::vector<std::string> causes_of(std::string const& kind) {
    std::vector<std::string> all;
    auto const reply = asking.get("/events?kind=" + kind);
    auto const parsed = boost::json::parse(reply.body);
    for (auto const& event : parsed.at("events").as_array()) {
      all.emplace_back(event.at("cause").as_string());
    }
    return all;
  }

  running_server server{settings()};
  http_client asking{server.http_port()};
};
INSTANTIATE_TEST_SUITE_P(threads, by_time, one_and_four_threads());

using strings = std::vector<std::string>;

TEST_P(by_time, a_producer_falls_silent_and_comes_back) {
  lookup_client producer{server.tcp_port()};
  producer.identify();
  producer.command("REGISTER t");
  auto const listed = R"({"channels":[],"producers":[)" + producer.as_producer() + "]}";
  event_client stream{server.http_port()};
  stream.open("/watch?topic=t");
  EXPECT_EQ(stream.receive_event().data, listed);
  for (int round = 0; round < 3; ++round) {
    auto lookup = wait_for_change_of("/lookup?topic=t", 2);
    auto nodes = wait_for_change_of("/nodes", 3);
    server.clock.advance(61ms);
    EXPECT_EQ(lookup.receive_reply().body, nobody);
    EXPECT_EQ(nodes.receive_reply().body, R"({"producers":[]})");
    EXPECT_EQ(stream.receive_event().data, nobody);

    lookup = wait_for_change_of("/lookup?topic=t", 2);
    nodes = wait_for_change_of("/nodes", 3);
    EXPECT_EQ(producer.command("PING"), "OK");
    EXPECT_EQ(lookup.receive_reply().body, listed);
    EXPECT_NE(nodes.receive_reply().body.find(producer.name()), std::string::npos);
    EXPECT_EQ(stream.receive_event().data, listed);
  }
  EXPECT_EQ(causes_of("producer_silent"), (strings{"time", "time", "time"}));
  EXPECT_EQ(causes_of("producer_back"), (strings{"PING", "PING", "PING"}));
}

TEST_P(by_time, a_ping_in_time_is_no_change) {
  lookup_client producer{server.tcp_port()};
  producer.identify();
  producer.command("REGISTER t");
  auto const before = index_of(asking.get("/lookup?topic=t"));
  auto const client = wait_for_change_of("/lookup?topic=t");
  for (int count = 0; count < 50; ++count) {
    server.clock.advance(30ms);
    EXPECT_EQ(producer.command("PING"), "OK");
    EXPECT_EQ(index_of(asking.get("/lookup?topic=t")), before);
  }
  EXPECT_FALSE(client.is_readable());
  EXPECT_EQ(causes_of("producer_silent"), strings{});
}

TEST_P(by_time, a_tombstone_ends) {
  lookup_client producer{server.tcp_port()};
  producer.identify();
  producer.command("REGISTER t");
  auto const listed = asking.get("/lookup?topic=t").body;
  auto client = wait_for_change_of("/lookup?topic=t");
  EXPECT_EQ(asking.post("/topic/tombstone?topic=t&node=10.0.0.1:4151").status(), 200);
  EXPECT_EQ(client.receive_reply().body, nobody);
  client = wait_for_change_of("/lookup?topic=t");
  auto nodes = wait_for_change_of("/nodes", 2);
  server.clock.advance(41ms);
  EXPECT_EQ(client.receive_reply().body, listed);
  EXPECT_NE(nodes.receive_reply().body.find(R"("tombstones":[false])"), std::string::npos);
  EXPECT_EQ(causes_of("tombstoned"), strings{"POST /topic/tombstone from 127.0.0.1"});
  EXPECT_EQ(causes_of("tombstone_ended"), strings{"time"});
}

class ghosts : public by_time {
 protected:
  static config::options with_ttl() {
    auto result = settings();
    result.inactive_producer_timeout = 1000h;
    result.empty_topic_ttl = 50ms;
    return result;
  }
  captured_log log;
  running_server cleaning{with_ttl()};
  http_client asking{cleaning.http_port()};
};
INSTANTIATE_TEST_SUITE_P(threads, ghosts, one_and_four_threads());

TEST_P(ghosts, are_removed_after_their_time) {
  lookup_client producer{cleaning.tcp_port()};
  producer.identify();
  producer.command("REGISTER t c1");
  producer.command("REGISTER t c2");
  EXPECT_EQ(asking.post("/topic/create?topic=made").status(), 200);
  producer.command("UNREGISTER t c2");
  http_client topics{cleaning.http_port()};
  topics.send(request_for(waiting_for(asking, "/topics")));
  event_client stream{cleaning.http_port()};
  EXPECT_EQ(stream.open("/watch?topic=t").status(), 200);
  EXPECT_NE(stream.receive_event().data.find(R"(["c1","c2"])"), std::string::npos);
  EXPECT_TRUE(are_watching(asking, 2));
  EXPECT_EQ(metric(asking, "nsqlookupd_empty_topics"), 1);

  cleaning.clock.advance(49ms);
  EXPECT_EQ(asking.get("/topics").body, R"({"topics":["made","t"]})");
  EXPECT_FALSE(topics.is_readable());
  cleaning.clock.advance(1ms);
  EXPECT_EQ(topics.receive_reply().body, R"({"topics":["t"]})");
  EXPECT_NE(stream.receive_event().data.find(R"(["c1"])"), std::string::npos);
  EXPECT_TRUE(log.wait_for(
      "INFO: DB: removing topic(made), which nobody has registered for -empty-topic-ttl"));
  EXPECT_TRUE(
      log.wait_for("INFO: DB: removing channel(c2) from topic(t), which nobody has "
                   "registered for -empty-topic-ttl"));
  EXPECT_EQ(metric(asking, "nsqlookupd_empty_topics"), 0);

  // From when the last has left.
  cleaning.clock.advance(1h);
  producer.finish_sending();
  EXPECT_TRUE(stream.receive_event().data.ends_with(R"("producers":[]})"));
  cleaning.clock.advance(49ms);
  EXPECT_EQ(asking.get("/topics").body, R"({"topics":["t"]})");
  cleaning.clock.advance(1ms);
  std::string last;
  while (last != R"({"message":"TOPIC_NOT_FOUND"})") {
    last = stream.receive_event().data;
  }
  EXPECT_EQ(asking.get("/topics").body, R"({"topics":[]})");
  auto const removed =
      boost::json::parse(asking.get("/events?kind=topic_removed").body).at("events").as_array();
  ASSERT_EQ(removed.size(), 2U);
  EXPECT_EQ(removed[1].at("topic").as_string(), "t");
  EXPECT_EQ(removed[1].at("cause").as_string(), "time");
}

TEST_P(ghosts, that_are_taken_up_in_time_stay) {
  EXPECT_EQ(asking.post("/topic/create?topic=t").status(), 200);
  lookup_client producer{cleaning.tcp_port()};
  producer.identify();
  cleaning.clock.advance(49ms);
  producer.command("REGISTER t");
  cleaning.clock.advance(1s);
  EXPECT_EQ(asking.get("/topics").body, R"({"topics":["t"]})");
  producer.command("UNREGISTER t");
  producer.command("REGISTER t");
  cleaning.clock.advance(1s);
  EXPECT_EQ(asking.get("/topics").body, R"({"topics":["t"]})");
}

TEST_P(by_time, topics_without_producers_are_listed_and_counted) {
  std::string const empty = "/topics?empty=true";
  EXPECT_EQ(asking.post("/topic/create?topic=made").status(), 200);
  lookup_client producer{server.tcp_port()};
  producer.identify();
  producer.command("REGISTER t c");
  EXPECT_EQ(asking.get(empty).body, R"({"topics":["made","t"],"empty":[{"topic":"made",)"
                                    R"("since":"2026-11-23T00:00:00.000000Z"}]})");
  EXPECT_EQ(metric(asking, "nsqlookupd_empty_topics"), 1);
  auto client = wait_for_change_of(empty);
  auto const usual = wait_for_change_of("/topics", 2);
  server.clock.advance(1500us);
  producer.command("UNREGISTER t");
  EXPECT_EQ(client.receive_reply().body, R"({"topics":["made","t"],"empty":[{"topic":"made",)"
                                         R"("since":"2026-11-23T00:00:00.000000Z"},{"topic":"t",)"
                                         R"("since":"2026-11-23T00:00:00.001500Z"}]})");
  EXPECT_EQ(metric(asking, "nsqlookupd_empty_topics"), 2);
  client = wait_for_change_of(empty, 2);
  producer.command("REGISTER t");
  EXPECT_EQ(boost::json::parse(client.receive_reply().body).at("empty").as_array().size(), 1U);
  EXPECT_FALSE(usual.is_readable());
  server.clock.advance(1h);
  EXPECT_EQ(asking.get("/topics").body, R"({"topics":["made","t"]})") << "by default they stay";
}

TEST_P(by_time, changes_and_delays_are_counted) {
  auto const changes = [&](std::string const& kind) {
    return metric(asking, "nsqlookupd_changes_total{kind=\"" + kind + "\"}");
  };
  EXPECT_EQ(changes("registered"), 0);
  EXPECT_EQ(metric(asking, "nsqlookupd_watch_delay_seconds_count"), 0);
  event_client stream{server.http_port()};
  EXPECT_EQ(stream.open("/watch?topic=t").status(), 200);
  stream.receive_event();
  EXPECT_TRUE(are_watching(asking, 1));
  // The first state is no change.
  EXPECT_EQ(metric(asking, "nsqlookupd_watch_delay_seconds_count"), 0);
  auto client = wait_for_change_of("/lookup?topic=t", 2);
  lookup_client producer{server.tcp_port()};
  producer.identify();
  producer.command("REGISTER t c");
  EXPECT_EQ(client.receive_reply().status(), 200);
  stream.receive_event();
  EXPECT_EQ(changes("producer_added"), 1);
  EXPECT_EQ(changes("topic_added"), 1);
  EXPECT_EQ(changes("channel_added"), 1);
  EXPECT_EQ(changes("registered"), 2);
  EXPECT_EQ(changes("unregistered"), 0);
  EXPECT_TRUE(
      eventually([&] { return metric(asking, "nsqlookupd_watch_delay_seconds_count") >= 2; }));
  server.clock.advance(61ms);
  EXPECT_EQ(stream.receive_event().data.find(producer.name()), std::string::npos);
  EXPECT_EQ(changes("producer_silent"), 1);
}

}  // namespace
}  // namespace nsqlookupd
