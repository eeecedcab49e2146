// SPDX-License-Identifier: MIT
//
// `/events` over the wire, and the causes of changes that real clients are.
#include "changes.hpp"
#include "tls_server.hpp"
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using namespace test_support;
namespace json = boost::json;

std::string text_of(json::object const& event, std::string_view name) {
  return std::string{event.at(name).as_string()};
}

// `registered t/c by REGISTER`
std::string shown(json::object const& event) {
  auto text = text_of(event, "kind");
  if (auto const topic = text_of(event, "topic"); !topic.empty()) {
    text += ' ' + topic;
  }
  if (auto const channel = text_of(event, "channel"); !channel.empty()) {
    text += '/' + channel;
  }
  return text + " by " + text_of(event, "cause");
}

json::object listed(http_client& asking, std::string const& query = {}) {
  auto const reply = asking.get("/events" + query);
  EXPECT_EQ(reply.status(), 200) << query << reply.body;
  return json::parse(reply.body).as_object();
}

std::vector<std::string> all_shown(http_client& asking, std::string const& query = {}) {
  std::vector<std::string> all;
  auto const answer = listed(asking, query);
  for (auto const& event : answer.at("events").as_array()) {
    all.push_back(shown(event.as_object()));
  }
  return all;
}

bool comes(http_client& asking, std::string const& event) {
  return eventually([&] {
    auto const all = all_shown(asking);
    return std::ranges::find(all, event) != all.end();
  });
}

using strings = std::vector<std::string>;

class events : public changes {
 protected:
  [[nodiscard]] event_client open(std::string_view target, std::string_view fields = {}) const {
    event_client client{server.http_port()};
    auto const head =
        client.open(target, std::string{"Accept: text/event-stream\r\n"}.append(fields));
    EXPECT_EQ(head.status(), 200) << target;
    EXPECT_EQ(head.field("Content-Type"), "text/event-stream");
    return client;
  }
};
INSTANTIATE_TEST_SUITE_P(threads, events, one_and_four_threads());

TEST_P(events, tell_the_steps_of_a_producer_and_its_end) {
  auto producer = new_producer();
  producer.command("REGISTER t c");
  producer.command("REGISTER t c");
  producer.command("PING");
  producer.command("UNREGISTER t c");
  producer.finish_sending();
  EXPECT_EQ(producer.receive_to_end(), "");
  EXPECT_TRUE(comes(asking, "unregistered t by EOF"));
  EXPECT_EQ(all_shown(asking),
            (strings{"producer_added by IDENTIFY", "topic_added t by REGISTER",
                     "channel_added t/c by REGISTER", "registered t by REGISTER",
                     "registered t/c by REGISTER", "unregistered t/c by UNREGISTER",
                     "producer_removed by EOF", "unregistered t by EOF"}));
  auto const all = listed(asking);
  auto const& list = all.at("events").as_array();
  std::int64_t before = 0;
  for (auto const& event : list) {
    auto const revision = event.at("revision").to_number<std::int64_t>();
    EXPECT_GT(revision, before);
    EXPECT_LT(revision, std::int64_t{1} << 53U);
    before = revision;
    EXPECT_EQ(event.at("time").as_string(), "2026-11-23T00:00:00.000000Z");
  }
  EXPECT_EQ(all.at("next").to_number<std::int64_t>(), before);
  auto const& peer = list.back().at("producer").as_object();
  EXPECT_EQ(text_of(peer, "remote_address"), producer.name());
  EXPECT_EQ(text_of(peer, "broadcast_address"), "10.0.0.1");
}

TEST_P(events, tell_who_asked_for_what_over_http) {
  auto producer = new_producer();
  producer.command("REGISTER t");
  asking.post("/topic/tombstone?topic=t&node=10.0.0.1:4151");
  asking.post("/channel/create?topic=u&channel=c");
  asking.post("/channel/delete?topic=u&channel=c");
  asking.post("/topic/delete?topic=t");
  auto const all = all_shown(asking);
  strings const last{all.end() - 5, all.end()};
  EXPECT_EQ(last, (strings{"tombstoned t by POST /topic/tombstone from 127.0.0.1",
                           "topic_added u by POST /channel/create from 127.0.0.1",
                           "channel_added u/c by POST /channel/create from 127.0.0.1",
                           "channel_removed u/c by POST /channel/delete from 127.0.0.1",
                           "topic_removed t by POST /topic/delete from 127.0.0.1"}));
}

TEST_P(events, tell_how_a_connection_ended) {
  auto resets = new_producer();
  resets.reset();
  EXPECT_TRUE(comes(asking, "producer_removed by reset by peer"));
  auto leaves = new_producer();
  leaves.finish_sending();
  EXPECT_TRUE(comes(asking, "producer_removed by EOF"));
}

TEST(event_causes, tell_of_silence_errors_and_tls) {
  tls_world world;
  world.settings.producer_idle_timeout = 150ms;
  world.settings.client_error_policy = protocol::client_error_policy::close;
  running_server const server{world.settings};
  http_client asking{server.http_port()};
  lookup_client idle{server.tcp_port()};
  idle.identify();
  idle.command("REGISTER t");
  EXPECT_EQ(idle.receive_to_end(), "");
  EXPECT_TRUE(comes(asking, "producer_removed by idle"));
  EXPECT_TRUE(comes(asking, "unregistered t by idle"));
  lookup_client wrong{server.tcp_port()};
  wrong.identify();
  EXPECT_EQ(wrong.command("NONSENSE"), "E_INVALID invalid command NONSENSE");
  EXPECT_TRUE(comes(asking, "producer_removed by E_INVALID invalid command NONSENSE"));
  auto over_tls = world.lookup_client_over_tls(server);
  over_tls.identify();
  over_tls.finish_sending();
  EXPECT_TRUE(comes(asking, "producer_removed by EOF"));
}

TEST_P(events, are_those_asked_for) {
  auto producer = new_producer();
  producer.command("REGISTER t c");
  producer.command("REGISTER u");
  auto const first = listed(asking).at("events").at(0).at("revision").to_number<std::int64_t>();
  EXPECT_EQ(all_shown(asking, "?topic=u"),
            (strings{"topic_added u by REGISTER", "registered u by REGISTER"}));
  EXPECT_EQ(all_shown(asking, "?kind=topic_added&kind=channel_added"),
            (strings{"topic_added t by REGISTER", "channel_added t/c by REGISTER",
                     "topic_added u by REGISTER"}));
  EXPECT_EQ(all_shown(asking, "?topic=t&kind=topic_added"), strings{"topic_added t by REGISTER"});
  EXPECT_EQ(all_shown(asking, "?limit=1"), strings{"producer_added by IDENTIFY"});
  auto const behind = "?limit=1&since=" + std::to_string(first);
  EXPECT_EQ(all_shown(asking, behind), strings{"topic_added t by REGISTER"});
  auto const next = listed(asking, behind).at("next").to_number<std::int64_t>();
  EXPECT_EQ(all_shown(asking, "?limit=1&since=" + std::to_string(next)),
            strings{"channel_added t/c by REGISTER"});
}

TEST_P(events, refuse_wrong_arguments) {
  auto const refused = [&](std::string const& query) {
    auto const reply = asking.get("/events?" + query);
    EXPECT_EQ(reply.status(), 400) << query;
    return reply.body;
  };
  for (std::string const wrong : {"", "x", "-1", "1e3", "99999999999999999999"}) {
    EXPECT_EQ(refused("since=" + wrong), R"({"message":"INVALID_ARG_SINCE"})") << wrong;
    EXPECT_EQ(refused("limit=" + wrong), R"({"message":"INVALID_ARG_LIMIT"})") << wrong;
  }
  EXPECT_EQ(refused("limit=0"), R"({"message":"INVALID_ARG_LIMIT"})");
  EXPECT_EQ(refused("kind=registered&kind=x"), R"({"message":"INVALID_ARG_KIND"})");
  EXPECT_EQ(refused("since=%zz"), R"({"message":"INVALID_REQUEST"})");
  EXPECT_EQ(asking.get("/events?limit=99999999").status(), 200);
}

TEST_P(events, that_are_too_old_are_gone) {
  auto few = settings();
  few.event_history = 10;
  running_server const forgetful{few};
  http_client client{forgetful.http_port()};
  client.post("/topic/create?topic=first");
  auto const first = listed(client).at("events").at(0).at("revision").to_number<std::int64_t>();
  for (int count = 0; count < 20; ++count) {
    client.post("/topic/create?topic=t" + std::to_string(count));
  }
  auto const reply = client.get("/events?since=" + std::to_string(first));
  EXPECT_EQ(reply.status(), 410);
  auto const gone = json::parse(reply.body).as_object();
  EXPECT_EQ(text_of(gone, "message"), "EVENTS_GONE");
  // Without `since`: all that there are.
  auto const all = listed(client);
  EXPECT_EQ(all.at("events").as_array().size(), 10U);
  EXPECT_EQ(gone.at("oldest"), all.at("events").at(0).at("revision"));
}

TEST_P(events, go_on_as_a_stream_that_is_resumed) {
  asking.post("/topic/create?topic=t0");
  std::string last;
  {
    auto client = open("/events");
    auto const first = client.receive_event();
    EXPECT_EQ(first.event, "change");
    EXPECT_EQ(shown(json::parse(first.data).as_object()),
              "topic_added t0 by POST /topic/create from 127.0.0.1");
    auto producer = new_producer();
    producer.command("REGISTER t0");
    last = client.receive_event().id;
    EXPECT_EQ(shown(json::parse(client.receive_event().data).as_object()),
              "registered t0 by REGISTER");
    EXPECT_TRUE(are_watching(asking, 1));
  }
  EXPECT_TRUE(comes(asking, "unregistered t0 by EOF"));
  strings resumed;
  auto by_header = open("/events?since=1", "Last-Event-ID: " + last + "\r\n");
  auto by_argument = open("/events?since=" + last);
  for (int count = 0; count < 3; ++count) {
    auto const event = by_header.receive_event();
    EXPECT_EQ(event, by_argument.receive_event());
    resumed.push_back(shown(json::parse(event.data).as_object()));
  }
  EXPECT_EQ(resumed, (strings{"registered t0 by REGISTER", "producer_removed by EOF",
                              "unregistered t0 by EOF"}));
  EXPECT_FALSE(by_header.has_event());
}

TEST_P(events, of_a_stream_are_those_asked_for) {
  auto client = open("/events?kind=topic_removed&topic=t");
  for (int count = 0; count < 20; ++count) {
    asking.post("/topic/create?topic=other");
    asking.post("/topic/create?topic=t");
    asking.post("/topic/delete?topic=other");
  }
  asking.post("/topic/delete?topic=t");
  EXPECT_EQ(shown(json::parse(client.receive_event().data).as_object()),
            "topic_removed t by POST /topic/delete from 127.0.0.1");
  EXPECT_FALSE(client.has_event());
}

TEST_P(events, of_a_stream_end_in_order_when_the_server_stops) {
  asking.post("/topic/create?topic=t");
  auto client = open("/events");
  EXPECT_EQ(client.receive_event().event, "change");
  server.stop();
  EXPECT_TRUE(client.receive_block().starts_with("retry: "));
  EXPECT_EQ(client.receive_block(), "");
  EXPECT_EQ(client.receive_to_end(), "");
}

// Many come at once, and none is left out.
TEST_P(events, of_a_stream_are_complete) {
  auto client = open("/events?kind=registered");
  auto producer = new_producer();
  constexpr int count = 2'000;
  std::string commands;
  for (int number = 0; number < count; ++number) {
    commands += "REGISTER t" + std::to_string(number) + '\n';
  }
  producer.send(commands);
  for (int number = 0; number < count; ++number) {
    auto const event = json::parse(client.receive_event().data).as_object();
    ASSERT_EQ(text_of(event, "topic"), "t" + std::to_string(number));
  }
}

}  // namespace
}  // namespace nsqlookupd
