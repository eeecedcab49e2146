// SPDX-License-Identifier: MIT
//
// Many clients at once, of both kinds, that come and go. For the sanitizers above all.
#include "any_thread_count.hpp"
#include "eventually.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using namespace test_support;

class stress : public any_thread_count {
 protected:
  void come_and_go(int number) {
    auto const topic = " t" + std::to_string(number % 3);
    auto const own = " own" + std::to_string(number) + "#ephemeral";
    while (std::chrono::steady_clock::now() < end) {
      auto client = new_lookup_client();
      expect(client.identify().starts_with('{'));
      for (auto const& line : {"REGISTER" + topic + " c", "REGISTER" + own, std::string{"PING"},
                               "UNREGISTER" + topic + " c", "REGISTER" + own + " c"}) {
        expect(client.command(line) == "OK");
      }
      if (rounds++ % 2 == 0) {
        client.reset();
      }
    }
  }

  void ask() {
    auto client = new_http_client();
    while (std::chrono::steady_clock::now() < end) {
      expect(client.get("/lookup?topic=t0").body.ends_with("]}") ||
             !client.get("/topics").body.empty());
      expect(client.get("/nodes").status() == 200);
      expect(client.get("/topics").status() == 200);
      expect(client.get("/debug").status() == 200);
      expect(client.post("/topic/tombstone?topic=t1&node=10.0.0.1:4151").status() == 200);
      expect(client.post("/channel/create?topic=t2&channel=c2").status() == 200);
      expect(client.post("/topic/delete?topic=t2").status() == 200);
      ++rounds;
    }
  }

  void expect(bool holds) {
    if (!holds) {
      ++failures;
    }
  }

  std::chrono::steady_clock::time_point const end = std::chrono::steady_clock::now() + 1500ms;
  std::atomic<int> rounds{0};
  std::atomic<int> failures{0};
};
INSTANTIATE_TEST_SUITE_P(threads, stress, one_and_four_threads());

TEST_P(stress, leaves_nothing_behind) {
  std::vector<std::jthread> threads;
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([this, number] { come_and_go(number); });
  }
  threads.emplace_back([this] { ask(); });
  threads.emplace_back([this] { ask(); });
  threads.clear();
  EXPECT_EQ(failures, 0);
  EXPECT_GT(rounds, 10);

  auto client = new_http_client();
  EXPECT_TRUE(eventually([&] { return client.get("/debug").body == "{}"; }));
  EXPECT_EQ(client.get("/nodes").body, R"({"producers":[]})");
  EXPECT_EQ(client.get("/topics").body.find("ephemeral"), std::string::npos);
}

TEST_P(stress, is_stopped_in_the_middle) {
  std::vector<std::jthread> threads;
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([this, number] {
      // It ends by a connection that fails.
      EXPECT_ANY_THROW(while (true) { come_and_go(number); });
    });
  }
  EXPECT_TRUE(eventually([&] { return rounds > 20; }));
  server.stop();
  server.wait_for_end();
}

}  // namespace
}  // namespace nsqlookupd
