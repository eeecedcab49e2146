// SPDX-License-Identifier: MIT
//
// Those that wait for changes when a hand-over comes.
#include "event_client.hpp"
#include "eventually.hpp"
#include "replaceable_server.hpp"
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

namespace json = boost::json;
using test_support::child_process;
using test_support::event_client;
using test_support::eventually;
using test_support::http_client;
using test_support::http_reply;
using test_support::sent_event;
using strings = std::vector<std::string>;

std::string request_for(std::string_view target) {
  return std::string{"GET "}.append(target).append(" HTTP/1.1\r\nHost: h\r\n\r\n");
}

class watchers : public testing::TestWithParam<char const*> {
 protected:
  [[nodiscard]] bool are(std::size_t count) {
    return eventually(
        [&] { return server.metric("nsqlookupd_watchers") == static_cast<double>(count); });
  }

  // A client that waits for news of the target.
  [[nodiscard]] http_client waiting_for(std::string const& target) {
    auto client = server.http_client();
    auto const index = client.get(target).field("X-Nsq-Index");
    client.send(request_for(target + (target.find('?') == target.npos ? '?' : '&') +
                            "wait=10m&index=" + index));
    return client;
  }

  [[nodiscard]] event_client stream(std::string_view target, std::string const& last_id = {}) {
    event_client client{server.running().http_port()};
    auto const fields = last_id.empty() ? "" : "Last-Event-ID: " + last_id + "\r\n";
    EXPECT_EQ(client.open(target, "Accept: text/event-stream\r\n" + fields).status(), 200);
    return client;
  }

  void create(std::string const& topic) {
    EXPECT_EQ(server.http_client().post("/topic/create?topic=" + topic).status(), 200);
  }

  replaceable_server server{{.flags = {GetParam()}}};
};
INSTANTIATE_TEST_SUITE_P(with, watchers, testing::ValuesIn(thread_flags), name_of_threads);

void expect_end_with_retry(event_client& client) {
  auto const last = client.receive_block();
  EXPECT_TRUE(last.starts_with("retry: ") && last.ends_with("\n\n")) << last;
  auto const milliseconds = std::stoi(last.substr(std::string_view{"retry: "}.size()));
  EXPECT_GE(milliseconds, 100);
  EXPECT_LE(milliseconds, 2000);
  EXPECT_EQ(client.receive_block(), "");
}

TEST_P(watchers, that_wait_are_answered_and_may_wait_again) {
  auto const producer = server.producer("10.0.0.1", {"t c"});
  strings const waited_for{"/lookup?topic=t", "/channels?topic=t", "/topics", "/nodes",
                           "/lookup?topic=unknown"};
  std::vector<http_client> clients;
  std::vector<http_reply> before;
  for (auto const& target : waited_for) {
    before.push_back(server.http_client().get(target));
    clients.push_back(waiting_for(target));
  }
  ASSERT_TRUE(are(waited_for.size()));
  server.hand_over();
  for (std::size_t number = 0; number < waited_for.size(); ++number) {
    auto const reply = clients[number].receive_reply();
    EXPECT_EQ(reply.status_line, before[number].status_line) << waited_for[number];
    EXPECT_EQ(reply.body, before[number].body) << waited_for[number];
    EXPECT_EQ(reply.field("X-Nsq-Index"), before[number].field("X-Nsq-Index"))
        << waited_for[number];
    EXPECT_EQ(clients[number].get("/ping").body, "OK") << waited_for[number];
  }
  EXPECT_TRUE(are(0));
  auto again = waiting_for("/lookup?topic=t");
  ASSERT_TRUE(are(1));
  auto const other = server.producer("10.0.0.2", {"t"});
  EXPECT_NE(again.receive_reply().body.find(other.as_producer("10.0.0.2")), std::string::npos);
}

TEST_P(watchers, of_a_topic_go_on_by_their_last_id_without_a_repeat) {
  auto const producer = server.producer("10.0.0.1", {"t c"});
  auto first = stream("/watch?topic=t");
  auto const state = first.receive_event();
  EXPECT_NE(state.data.find(producer.as_producer()), std::string::npos);
  ASSERT_TRUE(are(1));
  server.hand_over();
  expect_end_with_retry(first);

  auto second = stream("/watch?topic=t", state.id);
  ASSERT_TRUE(are(1));
  auto const other = server.producer("10.0.0.2", {"t"});
  auto const next = second.receive_event();
  EXPECT_GT(std::stoull(next.id), std::stoull(state.id));
  EXPECT_NE(next.data.find(other.as_producer("10.0.0.2")), std::string::npos);
  server.hand_over();
  expect_end_with_retry(second);
  // There is no stream now.
  create("u");
  auto const third = server.producer("10.0.0.3", {"t"});
  auto last = stream("/watch?topic=t", next.id);
  EXPECT_NE(last.receive_event().data.find(third.as_producer("10.0.0.3")), std::string::npos);
}

std::string revision_of(json::value const& event) {
  return std::to_string(event.at("revision").to_number<std::uint64_t>());
}

TEST_P(watchers, of_all_changes_go_on_by_their_last_id_without_a_gap) {
  create("before");
  std::vector<sent_event> seen;
  std::string last_id;
  auto const read = [&](event_client& from, std::string const& topic) {
    do {
      seen.push_back(from.receive_event());
      last_id = seen.back().id;
    } while (seen.back().data.find("\"topic\":\"" + topic + '"') == std::string::npos);
  };
  auto first = stream("/events?since=0");
  read(first, "before");
  for (int round = 0; round < 3; ++round) {
    auto const name = std::to_string(round);
    auto client = stream("/events", last_id);
    create("with" + name);
    read(client, "with" + name);
    // The client of the first round is still there, too.
    server.hand_over();
    expect_end_with_retry(client);
    create("without" + name);
  }
  auto client = stream("/events", last_id);
  read(client, "without2");

  auto const all = json::parse(server.http_client().get("/events?limit=10000").body);
  auto const& listed = all.at("events").as_array();
  ASSERT_EQ(listed.size(), seen.size());
  for (std::size_t number = 0; number < seen.size(); ++number) {
    EXPECT_EQ(seen[number].id, revision_of(listed[number]));
    EXPECT_EQ(json::parse(seen[number].data), listed[number]);
  }
}

TEST_P(watchers, that_are_many_are_all_told) {
  auto const producer = server.producer("10.0.0.1", {"t"});
  constexpr std::size_t count = 300;
  std::vector<http_client> waiting;
  std::vector<event_client> streams;
  for (std::size_t number = 0; number < count; ++number) {
    waiting.push_back(waiting_for("/lookup?topic=t"));
    streams.push_back(stream("/watch?topic=t"));
    static_cast<void>(streams.back().receive_event());
  }
  ASSERT_TRUE(are(2 * count));
  server.hand_over();
  for (auto& client : waiting) {
    EXPECT_NE(client.receive_reply().body.find(producer.as_producer()), std::string::npos);
  }
  for (auto& client : streams) {
    expect_end_with_retry(client);
  }
  EXPECT_TRUE(are(0));
}

// The command that prints changes comes back by itself.
TEST(watch_command_over_a_handover, prints_nothing_that_has_not_changed) {
  replaceable_server server;
  auto const first = server.producer("10.0.0.1", {"t"});
  child_process watch{
      {.program = NSQLOOKUPD_BINARY,
       .arguments = {"watch", "t",
                     "-http-address=127.0.0.1:" + std::to_string(server.running().http_port())}}};
  auto const next = [&] {
    auto const line = watch.next_output_line().value_or("");
    return line.substr(line.find(' ') + 1);
  };
  EXPECT_EQ(next(), "t =10.0.0.1:4150");
  server.hand_over();
  // It is back.
  EXPECT_TRUE(eventually([&] { return server.metric("nsqlookupd_watchers") == 1; }));
  auto const second = server.producer("10.0.0.2", {"t"});
  EXPECT_EQ(next(), "t +10.0.0.2:4150");
}

}  // namespace
}  // namespace nsqlookupd::e2e
