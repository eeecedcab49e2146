// SPDX-License-Identifier: MIT
//
// `/watch` over the wire.
#include "changes.hpp"
#include "tls_server.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using namespace test_support;

constexpr std::string_view not_found = R"({"message":"TOPIC_NOT_FOUND"})";

std::string named(std::string_view topic, std::string_view body) {
  return R"({"topic":")" + std::string{topic} + R"(",)" + std::string{body.substr(1)};
}

class watch : public changes {
 protected:
  [[nodiscard]] event_client new_event_client() const { return event_client{server.http_port()}; }

  // A client that has begun to watch.
  [[nodiscard]] event_client open(std::string_view target, std::string_view fields = {}) const {
    auto client = new_event_client();
    auto const head = client.open(target, fields);
    EXPECT_EQ(head.status_line, "HTTP/1.1 200 OK") << target;
    EXPECT_EQ(head.field("Content-Type"), "text/event-stream");
    return client;
  }

  // The event that the present answer of a lookup makes.
  sent_event present(std::string const& topic) {
    auto const reply = asking.get("/lookup?topic=" + topic);
    return {.id = std::to_string(index_of(reply)),
            .event = reply.status() == 404 ? "not_found" : "lookup",
            .data = reply.body};
  }
  sent_event present_named(std::string const& topic) {
    auto event = present(topic);
    event.data = named(topic, event.data);
    return event;
  }

  void post(std::string const& target) { ASSERT_EQ(asking.post(target).status(), 200) << target; }
};
INSTANTIATE_TEST_SUITE_P(threads, watch, one_and_four_threads());

TEST_P(watch, tells_of_one_topic_from_before_it_comes_until_it_goes) {
  auto client = open("/watch?topic=t");
  EXPECT_EQ(client.receive_event(), present("t"));
  auto producer = new_producer();
  producer.command("REGISTER t");
  auto const came = client.receive_event();
  EXPECT_EQ(came, present("t"));
  EXPECT_NE(came.data.find(producer.as_producer()), std::string::npos);
  post("/channel/create?topic=t&channel=c");
  EXPECT_EQ(client.receive_event(), present("t"));
  post("/topic/tombstone?topic=t&node=10.0.0.1:4151");
  EXPECT_EQ(client.receive_event(), present("t"));
  producer.command("UNREGISTER t");
  producer.command("REGISTER t c2");
  for (auto event = client.receive_event(); event != present("t");) {
    event = client.receive_event();
  }
  producer.reset();
  EXPECT_EQ(client.receive_event().data, R"({"channels":["c","c2"],"producers":[]})");
  post("/topic/delete?topic=t");
  auto const gone = client.receive_event();
  EXPECT_EQ(gone, present("t"));
  EXPECT_EQ(gone.data, not_found);
  EXPECT_FALSE(client.has_event());
}

TEST_P(watch, tells_of_several_topics_and_of_no_other) {
  post("/topic/create?topic=a");
  auto client = open("/watch?topic=a&topic=b&topic=a");
  std::map<std::string, std::string> states;
  for (int count = 0; count < 2; ++count) {
    auto const event = client.receive_event();
    states[event.event] = event.data;
  }
  EXPECT_EQ(states["lookup"], named("a", nobody));
  EXPECT_EQ(states["not_found"], named("b", not_found));
  for (int count = 0; count < 20; ++count) {
    post("/channel/create?topic=other&channel=c");
    post("/topic/delete?topic=other");
  }
  EXPECT_FALSE(client.has_event());
  post("/topic/create?topic=b");
  EXPECT_EQ(client.receive_event(), present_named("b"));
  post("/channel/create?topic=a&channel=c");
  EXPECT_EQ(client.receive_event(), present_named("a"));
}

TEST_P(watch, tells_of_all_topics_there_are_and_come) {
  post("/topic/create?topic=a");
  auto client = open("/watch?topic=*");
  EXPECT_EQ(client.receive_event(), present_named("a"));
  post("/topic/create?topic=b");
  EXPECT_EQ(client.receive_event(), present_named("b"));
  post("/topic/delete?topic=a");
  auto const gone = client.receive_event();
  EXPECT_EQ(gone.event, "not_found");
  EXPECT_EQ(gone.data, named("a", not_found));
}

TEST_P(watch, is_resumed_by_either_word) {
  post("/topic/create?topic=a");
  post("/topic/create?topic=b");
  std::string last;
  {
    auto client = open("/watch?topic=a&topic=b");
    client.receive_event();
    last = client.receive_event().id;
  }
  post("/channel/create?topic=b&channel=c");
  auto const news = present_named("b");
  auto by_header = open("/watch?topic=a&topic=b", "Last-Event-ID: " + last + "\r\n");
  auto by_argument = open("/watch?topic=a&topic=b&index=" + last);
  auto of_all = open("/watch?topic=*&index=" + last);
  // The header is the later word of a client that comes back with the same target.
  auto by_both = open("/watch?topic=a&topic=b&index=1", "Last-Event-ID: " + news.id + "\r\n");
  EXPECT_EQ(by_header.receive_event(), news);
  EXPECT_EQ(by_argument.receive_event(), news);
  EXPECT_EQ(of_all.receive_event(), news);
  EXPECT_TRUE(are_watching(asking, 4));
  post("/channel/create?topic=a&channel=c");
  auto const next = present_named("a");
  for (auto* const each : {&by_header, &by_argument, &of_all, &by_both}) {
    EXPECT_EQ(each->receive_event(), next);
  }
}

// As RFC 9112, 7.1, has chunks; each is an event here.
TEST_P(watch, is_sent_in_chunks) {
  post("/topic/create?topic=t");
  http_client client{server.http_port()};
  client.send(request_for("/watch?topic=t"));
  auto const head = client.receive_head();
  EXPECT_EQ(head.field("Transfer-Encoding"), "chunked");
  EXPECT_EQ(head.field("Content-Length"), "");
  EXPECT_EQ(head.field("Connection"), "");
  EXPECT_EQ(head.field("Cache-Control"), "no-cache");
  for (int count = 0; count < 3; ++count) {
    auto const now = present("t");
    auto const text = "id: " + now.id + "\nevent: lookup\ndata: " + now.data + "\n\n";
    std::ostringstream chunk;
    chunk << std::hex << text.size() << "\r\n" << text << "\r\n";
    ASSERT_EQ(client.receive(chunk.str().size()), chunk.str());
    post("/channel/create?topic=t&channel=c" + std::to_string(count));
  }
}

TEST_P(watch, ends_with_the_connection_over_http_1_0) {
  post("/topic/create?topic=t");
  http_client client{server.http_port()};
  client.send("GET /watch?topic=t HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  auto const head = client.receive_head();
  EXPECT_EQ(head.status_line, "HTTP/1.0 200 OK");
  EXPECT_EQ(head.field("Transfer-Encoding"), "");
  EXPECT_EQ(head.field("Content-Length"), "");
  EXPECT_NE(head.field("Connection"), "keep-alive");
  EXPECT_EQ(parse_events(client.receive_through("\n\n")), std::vector{present("t")});
  // One empty line more does no harm.
  EXPECT_EQ(client.receive(2), "\r\n");
  post("/channel/create?topic=t&channel=c");
  EXPECT_EQ(parse_events(client.receive_through("\n\n")), std::vector{present("t")});
  EXPECT_EQ(client.receive(2), "\r\n");
  server.stop();
  auto const end = client.receive_to_end();
  EXPECT_TRUE(end.starts_with("retry: ")) << end;
  EXPECT_EQ(end.find("\n\n"), end.size() - 2) << end;
}

TEST_P(watch, has_a_head_of_its_own) {
  for (std::string const target : {"/watch?topic=t", "/events"}) {
    asking.send("HEAD " + target + " HTTP/1.1\r\nHost: h\r\nAccept: text/event-stream\r\n\r\n");
    auto const head = asking.receive_head();
    EXPECT_EQ(head.status_line, "HTTP/1.1 200 OK");
    EXPECT_EQ(head.field("Content-Type"), "text/event-stream");
    EXPECT_EQ(head.field("Transfer-Encoding"), "chunked");
    EXPECT_EQ(head.field("Content-Length"), "");
    EXPECT_EQ(asking.get("/ping").body, "OK");
  }
  EXPECT_TRUE(are_watching(asking, 0));
  EXPECT_EQ(asking.post("/watch?topic=t").status(), 405);
}

TEST_P(watch, refuses_wrong_arguments) {
  auto const message = [&](std::string const& query, std::string const& fields = {}) {
    auto client = new_event_client();
    auto const reply = client.open("/watch" + query, fields);
    EXPECT_EQ(reply.status(), 400) << query;
    return reply.body;
  };
  EXPECT_EQ(message(""), R"({"message":"MISSING_ARG_TOPIC"})");
  for (std::string const wrong :
       {"?topic=", "?topic=a%20b", "?topic=a&topic=%2a%2a", "?topic=%00", "?topic=t%23"}) {
    EXPECT_EQ(message(wrong), R"({"message":"INVALID_ARG_TOPIC"})") << wrong;
  }
  for (std::string const wrong : {"", "x", "-1", "99999999999999999999"}) {
    EXPECT_EQ(message("?topic=t&index=" + wrong), R"({"message":"INVALID_ARG_INDEX"})") << wrong;
  }
  EXPECT_EQ(message("?topic=%zz"), R"({"message":"INVALID_REQUEST"})");
  EXPECT_TRUE(are_watching(asking, 0));
}

TEST_P(watch, takes_a_header_that_is_no_index_for_none) {
  post("/topic/create?topic=t");
  for (std::string const id : {"x", "-1", "99999999999999999999", "0"}) {
    auto client = open("/watch?topic=t", "Last-Event-ID: " + id + "\r\n");
    EXPECT_EQ(client.receive_event(), present("t")) << id;
  }
}

TEST_P(watch, is_over_when_the_client_leaves) {
  {
    auto closed = open("/watch?topic=t");
    auto reset = open("/watch?topic=*");
    auto finished = open("/watch?topic=t");
    EXPECT_TRUE(are_watching(asking, 3));
    reset.reset();
    finished.finish_sending();
    EXPECT_TRUE(are_watching(asking, 1));
    EXPECT_EQ(finished.receive_event().event, "not_found");
    EXPECT_EQ(finished.receive_to_end(), "");
  }
  EXPECT_TRUE(are_watching(asking, 0));
  EXPECT_TRUE(eventually([&] { return metric(asking, "nsqlookupd_http_connections") == 1; }));
}

TEST_P(watch, ends_in_order_when_the_server_stops) {
  post("/topic/create?topic=t");
  constexpr std::size_t count = 100;
  std::vector<event_client> clients;
  clients.reserve(count);
  for (std::size_t number = 0; number < count; ++number) {
    clients.push_back(open(number % 2 == 0 ? "/watch?topic=t" : "/watch?topic=*"));
    EXPECT_EQ(clients.back().receive_event().event, "lookup");
  }
  EXPECT_TRUE(are_watching(asking, count));
  server.stop();
  std::map<std::string, int> pauses;
  for (auto& client : clients) {
    auto const last = client.receive_block();
    ASSERT_TRUE(last.starts_with("retry: ")) << last;
    ++pauses[last];
    auto const milliseconds = std::stoi(last.substr(7));
    EXPECT_GE(milliseconds, 100);
    EXPECT_LE(milliseconds, 2000);
    EXPECT_EQ(client.receive_block(), "") << "the last chunk";
    EXPECT_EQ(client.receive_to_end(), "");
  }
  EXPECT_GT(pauses.size(), 10U);
  server.wait_for_end();
}

TEST_P(watch, goes_over_tls) {
  tls_world world;
  world.settings.threads = GetParam();
  running_server const secure{world.settings};
  std::optional<event_client> client{secure.https_port()};
  client->start_tls(world.client());
  EXPECT_EQ(client->open("/watch?topic=t").status(), 200);
  EXPECT_EQ(client->receive_event().data, not_found);
  auto producer = world.lookup_client_over_tls(secure);
  producer.identify();
  for (int count = 0; count < 20; ++count) {
    producer.command("REGISTER t");
    EXPECT_NE(client->receive_event().data.find(producer.name()), std::string::npos);
    producer.command("UNREGISTER t");
    EXPECT_EQ(client->receive_event().data, nobody);
  }
  auto waiting = world.https_client(secure);
  waiting.send(request_for(waiting_for(waiting, "/lookup?topic=t")));
  http_client plain{secure.http_port()};
  EXPECT_TRUE(are_watching(plain, 2));
  producer.finish_sending();
  EXPECT_EQ(waiting.is_readable(), false);
  plain.post("/topic/delete?topic=t");
  EXPECT_EQ(client->receive_event().data, not_found);
  EXPECT_EQ(waiting.receive_reply().status(), 404);
  EXPECT_EQ(waiting.get("/ping").body, "OK");
  client.reset();
  EXPECT_TRUE(are_watching(plain, 0));
}

TEST_P(watch, goes_over_tls_alone_where_that_is_required) {
  tls_world world;
  world.settings.tls_required = true;
  running_server const secure{world.settings};
  event_client plain{secure.http_port()};
  for (std::string const target : {"/watch?topic=t", "/events", "/topics?index=1"}) {
    auto const refused = plain.open(target, "Accept: text/event-stream\r\n");
    EXPECT_EQ(refused.status(), 403) << target;
    EXPECT_TRUE(refused.body.starts_with(R"({"message":"TLS_REQUIRED")")) << target;
  }
}

class watch_limit : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(threads, watch_limit, one_and_four_threads());

TEST_P(watch_limit, is_told_to_those_beyond_it_until_one_leaves) {
  auto settings = loopback_options();
  settings.threads = GetParam();
  settings.max_watchers = 2;
  running_server const server{settings};
  http_client asking{server.http_port()};
  std::optional<event_client> stream{server.http_port()};
  EXPECT_EQ(stream->open("/watch?topic=t").status(), 200);
  http_client first{server.http_port()};
  auto const target = waiting_for(asking, "/topics");
  first.send(request_for(target));
  EXPECT_TRUE(are_watching(asking, 2));

  http_client waiting{server.http_port()};
  event_client streaming{server.http_port()};
  for (auto const& refused : {waiting.get(target), streaming.open("/watch?topic=t"),
                              streaming.open("/events", "Accept: text/event-stream\r\n")}) {
    EXPECT_EQ(refused.status(), 503);
    EXPECT_EQ(refused.body, R"({"message":"TOO_MANY_WATCHERS"})");
    EXPECT_GT(std::stoi("0" + refused.field("Retry-After")), 0);
  }
  EXPECT_EQ(waiting.get("/topics").status(), 200) << "nobody else is refused";
  EXPECT_EQ(metric(asking, "nsqlookupd_watchers"), 2);
  stream.reset();
  EXPECT_TRUE(are_watching(asking, 1));
  EXPECT_EQ(streaming.open("/watch?topic=t").status(), 200);
  EXPECT_EQ(waiting.get(target).status(), 503);
  EXPECT_EQ(asking.post("/topic/create?topic=u").status(), 200);
  EXPECT_EQ(first.receive_reply().status(), 200);
  waiting.send(request_for(waiting_for(asking, "/topics")));
  EXPECT_TRUE(are_watching(asking, 2));
}

}  // namespace
}  // namespace nsqlookupd
