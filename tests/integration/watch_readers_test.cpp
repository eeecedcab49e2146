// SPDX-License-Identifier: MIT
//
// Watchers that read slowly or not at all, that are very many, or ask for very much.
#include "changes.hpp"
#include "sanitized.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using namespace test_support;

constexpr int small_buffer = 4096;

class watch_readers : public testing::TestWithParam<std::size_t> {
 protected:
  // Nobody is cut, however slow the machine is.
  static config::options settings() {
    auto result = loopback_options();
    result.threads = GetParam();
    result.write_timeout = 1h;
    return result;
  }

  // A lookup of 60 KB.
  static void make_long(http_client& asking, std::string const& topic) {
    for (int number = 1000; number < 2000; ++number) {
      auto const channel = std::to_string(number) + std::string(56, 'c');
      ASSERT_EQ(asking.post("/channel/create?topic=" + topic + "&channel=" + channel).status(),
                200);
    }
  }

  static void change_often(http_client& asking, std::string const& topic, int times) {
    for (int count = 0; count < times; ++count) {
      ASSERT_EQ(asking.post("/channel/create?topic=" + topic + "&channel=c").status(), 200);
      ASSERT_EQ(asking.post("/channel/delete?topic=" + topic + "&channel=c").status(), 200);
    }
  }

  static event_client slow_client(running_server const& server, std::string_view target) {
    event_client client{server.http_port(), "127.0.0.1", small_buffer};
    client.send(request_for(target));
    return client;
  }

  running_server server{settings()};
  http_client asking{server.http_port()};
};
INSTANTIATE_TEST_SUITE_P(threads, watch_readers, one_and_four_threads());

// Reads a stream to the event that shows what is true now.
bool reaches(event_client& client, http_client& asking, std::string const& topic) {
  auto const now = asking.get("/lookup?topic=" + topic);
  auto const index = std::to_string(index_of(now));
  std::string before;
  while (true) {
    auto const event = client.receive_event();
    EXPECT_GT(event.id, before);
    before = event.id;
    if (event.id == index) {
      return event.data == now.body;
    }
  }
}

TEST_P(watch_readers, that_are_slow_miss_states_in_between_and_not_the_last) {
  make_long(asking, "t");
  auto slow = slow_client(server, "/watch?topic=t");
  event_client quick{server.http_port()};
  EXPECT_EQ(quick.open("/watch?topic=t").status(), 200);
  EXPECT_TRUE(are_watching(asking, 2));
  auto const size = static_cast<double>(asking.get("/lookup?topic=t").body.size());
  for (int round = 0; round < 20; ++round) {
    change_often(asking, "t", 5);
    EXPECT_TRUE(reaches(quick, asking, "t"));
    EXPECT_LT(metric(asking, "nsqlookupd_unsent_reply_bytes"), 4 * size);
  }
  EXPECT_TRUE(are_watching(asking, 2));
  slow.widen_buffer();
  EXPECT_EQ(slow.receive_head().status(), 200);
  EXPECT_TRUE(reaches(slow, asking, "t"));
  change_often(asking, "t", 1);
  EXPECT_TRUE(reaches(slow, asking, "t"));
}

// Now the change sends, now the session, which has to send the rest. For the sanitizers above all.
TEST_P(watch_readers, that_are_slow_in_turn_are_told_of_the_end) {
  make_long(asking, "t");
  std::atomic<int> ready = 0;
  std::vector<std::jthread> readers;
  for (int count = 0; count < 6; ++count) {
    readers.emplace_back([&] {
      auto client = slow_client(server, "/watch?topic=t");
      client.widen_buffer();
      EXPECT_EQ(client.receive_head().status(), 200);
      while (client.receive_event().data.find("last") == std::string::npos) {
        ++ready;
      }
    });
  }
  EXPECT_TRUE(eventually([&] { return ready >= 6; }));
  change_often(asking, "t", 300);
  EXPECT_EQ(asking.post("/channel/create?topic=t&channel=last").status(), 200);
  readers.clear();
  EXPECT_TRUE(are_watching(asking, 0));
}

TEST_P(watch_readers, that_do_not_read_are_cut_and_hold_up_nobody) {
  auto impatient = settings();
  impatient.write_timeout = 200ms;
  running_server const strict{impatient};
  http_client client{strict.http_port()};
  make_long(client, "t");
  std::vector<event_client> deaf;
  for (int count = 0; count < 10; ++count) {
    deaf.push_back(slow_client(strict, "/watch?topic=t"));
  }
  event_client quick{strict.http_port()};
  EXPECT_EQ(quick.open("/watch?topic=t").status(), 200);
  EXPECT_TRUE(are_watching(client, deaf.size() + 1));
  EXPECT_TRUE(eventually([&] {
    change_often(client, "t", 1);
    EXPECT_TRUE(reaches(quick, client, "t"));
    return metric(client, "nsqlookupd_watchers") == 1;
  }));
  EXPECT_TRUE(eventually([&] { return metric(client, "nsqlookupd_unsent_reply_bytes") == 0; }));
  change_often(client, "t", 1);
  EXPECT_TRUE(reaches(quick, client, "t"));
  EXPECT_TRUE(are_watching(client, 1));
}

// A flood of changes, and of connections that read nothing of them.
TEST_P(watch_readers, that_are_many_and_deaf_leave_producers_their_time) {
  constexpr std::size_t watchers = amount<std::size_t>(300, 50);
  constexpr int topics = amount(2'000, 400);
  std::vector<event_client> deaf;
  deaf.reserve(watchers);
  for (std::size_t count = 0; count < watchers; ++count) {
    deaf.push_back(slow_client(server, "/watch?topic=*"));
  }
  EXPECT_TRUE(are_watching(asking, watchers));
  lookup_client producer{server.tcp_port()};
  producer.identify();
  lookup_client beside{server.tcp_port()};
  auto longest = 0ns;
  for (int number = 0; number < topics; ++number) {
    producer.send("REGISTER topic_with_a_name_" + std::to_string(number) + " c\n");
    if (number % 20 == 0) {
      auto const begin = std::chrono::steady_clock::now();
      EXPECT_EQ(beside.command("PING"), "OK");
      longest =
          std::max<std::chrono::nanoseconds>(longest, std::chrono::steady_clock::now() - begin);
    }
  }
  for (int number = 0; number < topics; ++number) {
    ASSERT_EQ(producer.receive_frame(), "OK");
  }
  RecordProperty("longest_ping_us", static_cast<int>(longest / 1us));
  // It is to be 50 ms; a producer has a second.
  EXPECT_LT(longest, 1s);
  EXPECT_TRUE(are_watching(asking, watchers));
  producer.reset();
  EXPECT_EQ(beside.command("PING"), "OK");
  deaf.clear();
  EXPECT_TRUE(are_watching(asking, 0));
  EXPECT_TRUE(eventually([&] { return metric(asking, "nsqlookupd_unsent_reply_bytes") == 0; }));
  EXPECT_TRUE(eventually([&] { return metric(asking, "nsqlookupd_http_connections") == 1; }));
}

constexpr std::size_t very_many = 5'000;

std::string target_of_very_many() {
  std::string target = "/watch?topic=0";
  for (std::size_t number = 1; number < very_many; ++number) {
    target += "&topic=" + std::to_string(number);
  }
  return target;
}

TEST_P(watch_readers, that_watch_very_many_topics_are_told_of_all) {
  event_client client{server.http_port()};
  ASSERT_EQ(client.open(target_of_very_many()).status(), 200);
  std::set<std::string> told;
  for (std::size_t count = 0; count < very_many; ++count) {
    auto const event = client.receive_event();
    EXPECT_EQ(event.event, "not_found");
    told.insert(event.data);
  }
  EXPECT_EQ(told.size(), very_many);
  EXPECT_FALSE(client.has_event());
  EXPECT_EQ(asking.post("/topic/create?topic=4999").status(), 200);
  EXPECT_TRUE(client.receive_event().data.starts_with(R"({"topic":"4999",)"));
}

}  // namespace
}  // namespace nsqlookupd
