// SPDX-License-Identifier: MIT
//
// Hand-overs in a row, while a thousand producers are connected, others come and go, and consumers
// ask.
#include "crowd.hpp"
#include "eventually.hpp"
#include "ping_watch.hpp"
#include "repeated_action.hpp"
#include "replaceable_server.hpp"
#include "sanitized.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;
using test_support::frame;
using test_support::http_client;
using test_support::lookup_client;
using test_support::tcp_client;
using milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t crowd_size = test_support::amount<std::size_t>(1'000, 200);
constexpr int rounds = test_support::amount(20, 8);

void expect_reply(std::string const& reply, std::string_view wanted, std::string_view to) {
  if (reply != wanted) {
    throw std::runtime_error{std::string{to} + " is answered '" + reply + '\''};
  }
}

void expect_ok(lookup_client& client, std::string const& line) {
  expect_reply(client.command(line), "OK", line);
}

// One producer after the other, and what each of them must be told.
class churning {
 public:
  explicit churning(replaceable_server const& server) : server_{server} {}

  void operator()() {
    auto const name = std::to_string(++count_);
    auto client = server_.lookup_client();
    auto const identity = client.identify("churn" + name);
    if (identity_.empty()) {
      identity_ = identity;
    }
    expect_reply(identity, identity_, "IDENTIFY");
    expect_ok(client, "REGISTER churn c" + std::to_string(count_ % 7));
    expect_ok(client, "REGISTER passing" + name + "#ephemeral");
    expect_ok(client, "PING");
    expect_reply(client.command("REGISTER no" + name + '!'),
                 "E_BAD_TOPIC REGISTER topic name 'no" + name + "!' is not valid", "a bad topic");
    if (count_ % 3 == 0) {
      expect_ok(client, "UNREGISTER churn");
    }
    if (count_ % 2 == 0) {
      client.reset();
    }
  }

 private:
  replaceable_server const& server_;
  std::string identity_;
  std::size_t count_ = 0;
};

// A producer and a consumer that send much before they read, in two pieces that are cut anywhere.
class pipelining {
 public:
  explicit pipelining(replaceable_server const& server)
      : producer_{server.producer("pipelining")}, consumer_{server.http_client()} {}

  void operator()() {
    send_commands();
    send_requests();
  }

 private:
  static void send_cut(tcp_client const& to, std::string_view bytes, std::size_t number) {
    auto const cut = number % bytes.size();
    to.send(bytes.substr(0, cut));
    to.send(bytes.substr(cut));
  }

  // Each is answered by a text of its own.
  void send_commands() {
    constexpr std::size_t count = 300;
    std::string commands;
    std::string wanted;
    for (auto const end = number_ + count; number_ < end; ++number_) {
      auto const name = std::to_string(number_) + '!';
      commands += "REGISTER " + name + '\n';
      wanted += frame("E_BAD_TOPIC REGISTER topic name '" + name + "' is not valid");
    }
    send_cut(producer_, commands, number_);
    expect_reply(producer_.receive(wanted.size()), wanted, "the pipeline of a producer");
  }

  void send_requests() {
    std::string requests;
    std::vector<std::pair<std::string, std::string>> const answers{
        {"/ping", "OK"}, {"/channels?topic=crowd", R"({"channels":["c"]})"}};
    constexpr int count = 20;
    for (int pair = 0; pair < count; ++pair) {
      for (auto const& [target, answer] : answers) {
        requests += "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
      }
    }
    send_cut(consumer_, requests, number_);
    for (int pair = 0; pair < count; ++pair) {
      for (auto const& [target, answer] : answers) {
        expect_reply(consumer_.receive_reply().body, answer, target);
      }
    }
  }

  lookup_client producer_;
  http_client consumer_;
  std::size_t number_ = 0;
};

class handover_under_churn : public testing::TestWithParam<char const*> {
 protected:
  // Each asks on a connection that it has had from the start, or on a new one each time.
  [[nodiscard]] std::function<void()> lookups(bool on_one_connection) {
    return [this, on_one_connection,
            asking = std::make_shared<http_client>(server.http_client())]() mutable {
      if (!on_one_connection) {
        *asking = server.http_client();
      }
      expect_reply(asking->get("/lookup?topic=crowd").body, whole_, "/lookup?topic=crowd");
    };
  }

  void ask_for_everybody() { whole_ = server.http_client().get("/lookup?topic=crowd").body; }

  // Adds a topic, and remembers it once it was answered.
  void create() {
    auto const name = "made" + std::to_string(created_ + 1);
    auto const status = writing_.post("/topic/create?topic=" + name).status();
    expect_reply(std::to_string(status), "200", name);
    ++created_;
  }

  void expect_created() {
    for (std::size_t number = 1; number <= created_; ++number) {
      auto const name = "made" + std::to_string(number);
      ASSERT_EQ(writing_.get("/lookup?topic=" + name).status(), 200) << name;
    }
  }

  replaceable_server server{{.flags = {GetParam()}}};

 private:
  http_client writing_ = server.http_client();
  std::string whole_;
  std::size_t created_ = 0;
};
INSTANTIATE_TEST_SUITE_P(with, handover_under_churn, testing::ValuesIn(thread_flags),
                         name_of_threads);

TEST_P(handover_under_churn, twenty_times_closes_no_connection_and_leaves_nobody_out) {
  crowd producers{server, crowd_size,
                  [](std::size_t) { return std::vector<std::string>{"crowd c"}; }};
  ask_for_everybody();
  churning churn{server};
  pipelining pipelines{server};
  repeated_action pings{[&] { producers.ping(); }};
  repeated_action comings{std::ref(churn)};
  repeated_action sendings{std::ref(pipelines)};
  repeated_action lookups_on_one{lookups(true)};
  repeated_action lookups_on_new{lookups(false)};
  repeated_action creations{[&] { create(); }};
  std::vector<repeated_action*> const all{&pings,          &comings,        &sendings,
                                          &lookups_on_one, &lookups_on_new, &creations};
  for (int round = 1; round <= rounds; ++round) {
    SCOPED_TRACE("hand-over " + std::to_string(round));
    for (auto* const each : all) {
      each->wait_for(1);
    }
    server.hand_over();
  }
  for (auto* const each : all) {
    each->wait_for(1);
    EXPECT_GE(each->end(), rounds);
  }
  EXPECT_EQ(producers.disturbed(), 0);
  // With the one that pipelines.
  EXPECT_TRUE(eventually([&] { return server.metric("nsqlookupd_producers") == crowd_size + 1; }));
  expect_created();
  auto const channels = server.http_client().get("/channels?topic=churn").body;
  EXPECT_EQ(channels, R"({"channels":["c0","c1","c2","c3","c4","c5","c6"]})");
  EXPECT_EQ(server.http_client().get("/topics").body.find("ephemeral"), std::string::npos);
  EXPECT_EQ(server.stop(), 0);
}

// nsqd waits for a second. Other processes run on this machine, too, and may hold up a few.
TEST_P(handover_under_churn, keeps_no_ping_waiting) {
  constexpr milliseconds limit{250};
  constexpr milliseconds patience_of_nsqd{1'000};
  constexpr std::size_t few = 3;
  crowd producers{server, crowd_size,
                  [](std::size_t) { return std::vector<std::string>{"crowd c"}; }};
  ping_watch watch{server.running().tcp_port()};
  repeated_action pings{[&] { producers.ping(); }};
  repeated_action comings{churning{server}};
  std::vector<milliseconds> worst;
  for (int round = 1; round <= rounds; ++round) {
    pings.wait_for(1);
    comings.wait_for(1);
    watch.forget();
    static_cast<void>(producers.take_worst());
    server.hand_over();
    watch.wait_for(2);
    pings.wait_for(2);
    worst.push_back(std::max(watch.worst(), producers.take_worst()));
  }
  comings.end();
  pings.end();
  std::ranges::sort(worst, std::greater{});
  std::printf("[ measured ] slowest PING over %d hand-overs with %zu producers: %.1f to %.1f ms\n",
              rounds, crowd_size, worst.back().count(), worst.front().count());
  EXPECT_LT(worst.front().count(), time_here(patience_of_nsqd).count());
  EXPECT_LT(worst[few].count(), time_here(limit).count());
}

}  // namespace
}  // namespace nsqlookupd::e2e
