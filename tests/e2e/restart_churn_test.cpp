// SPDX-License-Identifier: MIT
//
// kill -9 at random moments, while producers come, register, unregister and leave.
#include "eventually.hpp"
#include "sanitized.hpp"
#include "stored_server.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;
using strings = std::vector<std::string>;
using name_set = std::set<std::string>;
// Addresses by topic, or topics by address.
using name_map = std::map<std::string, name_set>;

constexpr std::array churned_topics = {"t0", "t1", "t2", "t3"};

// The addresses in each topic's answer.
name_map ask_all(test_support::http_client& asking) {
  name_map found;
  for (auto const* const topic : churned_topics) {
    auto const answer = asking.get(std::string{"/lookup?topic="} + topic);
    auto const all = members_of(answer.body, "producers", "broadcast_address");
    EXPECT_EQ(std::ranges::adjacent_find(all), all.end()) << topic << ": " << answer.body;
    found[topic].insert(all.begin(), all.end());
  }
  return found;
}

// Each element of `part` that `whole` has not.
strings missing_in(name_map const& whole, name_map const& part) {
  strings missing;
  for (auto const& [name, members] : part) {
    auto const found = whole.find(name);
    for (auto const& member : members) {
      if (found == whole.end() || !found->second.contains(member)) {
        missing.push_back(name + " lacks " + member);
      }
    }
  }
  return missing;
}

name_map inverse_of(name_map const& from) {
  name_map result;
  for (auto const& [name, members] : from) {
    for (auto const& member : members) {
      result[member].insert(name);
    }
  }
  return result;
}

// Asks without a pause, on a thread of its own, and notes where `expected` was not there.
class lookup_poll {
 public:
  lookup_poll(stored_server const& server, name_map expected)
      : expected_{std::move(expected)},
        asking_{server.http_client()},
        thread_{[this](std::stop_token const& stopping) { run(stopping); }} {}

  void wait_for_another() const {
    auto const before = count_.load();
    EXPECT_TRUE(eventually([&] { return count_ > before + 1; }));
  }

  [[nodiscard]] strings end() {
    thread_.request_stop();
    thread_.join();
    return std::move(missing_);
  }

 private:
  void run(std::stop_token const& stopping) {
    while (!stopping.stop_requested()) {
      auto const missing = missing_in(ask_all(asking_), expected_);
      missing_.insert(missing_.end(), missing.begin(), missing.end());
      ++count_;
    }
  }

  name_map expected_;
  test_support::http_client asking_;
  strings missing_;
  std::atomic<std::size_t> count_{0};
  std::jthread thread_;
};

// Producers, and the topics that a restarted server must and may know of each.
class churn {
 public:
  explicit churn(std::string const& threads) : threads_{threads}, server_{{threads}} {}

  void run(unsigned operations) {
    for (unsigned count = 0; count < operations; ++count) {
      do_something();
    }
  }

  // All that was done must be known from now on.
  void settle() {
    server_.settle();
    must_ = may_ = present_;
    must_be_created_ = created_;
  }

  void kill_and_start(strings flags) {
    // Their last commands are on the way.
    for (auto& [address, client] : clients_) {
      auto const topic = any_topic();
      client.send("REGISTER " + topic + '\n');
      may_[address].insert(topic);
    }
    server_.kill();
    clients_.clear();
    flags.push_back(threads_);
    server_.start(flags);
  }

  // The server's first answers are right, and are the present state from now on.
  void expect_restored() {
    auto asking = server_.http_client();
    auto const listed = inverse_of(ask_all(asking));
    EXPECT_EQ(missing_in(listed, must_), strings{});
    EXPECT_EQ(missing_in(may_, listed), strings{});
    present_ = must_ = may_ = listed;
    created_ = expect_created();
  }

  // All that must be there is, and nothing without its channel.
  name_set expect_created() {
    name_set found;
    for (auto const& topic : server_.listed("/topics", "topics")) {
      if (topic.starts_with("created")) {
        EXPECT_EQ(server_.listed("/channels?topic=" + topic, "channels"), strings{"c"}) << topic;
        found.insert(topic);
      }
    }
    EXPECT_EQ(missing_in({{"/topics", found}}, {{"/topics", must_be_created_}}), strings{});
    return found;
  }

  // At least one comes back, and one does not, where there are two. While they do, nobody misses
  // them.
  name_map bring_back_some() {
    name_map back;
    for (auto const& [address, registered] : present_) {
      if (back.empty() || (back.size() + 1 < present_.size() && next(2) == 0)) {
        back[address] = registered;
      }
    }
    lookup_poll polling{server_, inverse_of(back)};
    for (auto const& [address, registered] : back) {
      auto client = server_.producer(address);
      polling.wait_for_another();
      for (auto const& topic : registered) {
        EXPECT_EQ(client.command("REGISTER " + topic), "OK");
      }
      clients_.emplace(address, std::move(client));
    }
    polling.wait_for_another();
    EXPECT_EQ(polling.end(), strings{});
    return back;
  }

  [[nodiscard]] stored_server& server() { return server_; }

  void seed(unsigned number) { random_.seed(number); }
  [[nodiscard]] unsigned next(unsigned below) { return static_cast<unsigned>(random_() % below); }

 private:
  [[nodiscard]] std::string any_topic() { return churned_topics[next(churned_topics.size())]; }

  void do_something() {
    constexpr std::size_t most = 12;
    auto const choice = next(10);
    if (clients_.empty() || (choice < 3 && clients_.size() < most)) {
      arrive();
    } else if (choice < 6) {
      register_topic();
    } else if (choice < 8) {
      unregister_topic();
    } else if (choice < 9) {
      leave();
    } else {
      create();
    }
  }

  [[nodiscard]] auto& any_client() {
    auto const number = next(static_cast<unsigned>(clients_.size()));
    return *std::next(clients_.begin(), number);
  }

  void arrive() {
    auto const address = "n" + std::to_string(++arrived_);
    auto& client = clients_.emplace(address, server_.producer(address)).first->second;
    add(address, client);
  }

  void register_topic() {
    auto& [address, client] = any_client();
    add(address, client);
  }

  void add(std::string const& address, test_support::lookup_client& client) {
    auto const topic = any_topic();
    EXPECT_EQ(client.command("REGISTER " + topic), "OK");
    present_[address].insert(topic);
    may_[address].insert(topic);
  }

  void unregister_topic() {
    auto& [address, client] = any_client();
    auto const topic = any_topic();
    EXPECT_EQ(client.command("UNREGISTER " + topic), "OK");
    present_[address].erase(topic);
    must_[address].erase(topic);
  }

  void leave() {
    auto const address = any_client().first;
    clients_.erase(address);
    present_.erase(address);
    must_.erase(address);
    auto asking = server_.http_client();
    EXPECT_TRUE(eventually([&] { return !inverse_of(ask_all(asking)).contains(address); }));
  }

  void create() {
    auto const topic = "created" + std::to_string(++creations_);
    auto asking = server_.http_client();
    EXPECT_EQ(asking.post("/channel/create?channel=c&topic=" + topic).status(), 200);
    created_.insert(topic);
  }

  std::string threads_;
  stored_server server_;
  std::map<std::string, test_support::lookup_client> clients_;
  name_map present_;
  name_map must_;
  name_map may_;
  name_set created_;
  name_set must_be_created_;
  unsigned arrived_ = 0;
  unsigned creations_ = 0;
  std::mt19937 random_;
};

class kill_under_churn : public testing::TestWithParam<char const*> {};
INSTANTIATE_TEST_SUITE_P(with, kill_under_churn, testing::ValuesIn(thread_flags), name_of_threads);

TEST_P(kill_under_churn, loses_nothing_that_was_stored_and_nobody_who_comes_back) {
  churn producers{GetParam()};
  for (unsigned round = 1; round <= test_support::amount(10U, 3U); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    producers.seed(round);
    producers.run(20 + producers.next(40));
    producers.settle();
    producers.run(producers.next(20));
    producers.kill_and_start({});
    producers.expect_restored();
    producers.bring_back_some();
  }
  producers.settle();
  producers.kill_and_start({"-restore-grace=5s"});
  producers.expect_restored();
  auto const back = producers.bring_back_some();
  lookup_poll polling{producers.server(), inverse_of(back)};
  auto asking = producers.server().http_client();
  EXPECT_TRUE(eventually([&] { return inverse_of(ask_all(asking)) == back; }));
  EXPECT_EQ(polling.end(), strings{});
  producers.expect_created();
}

}  // namespace
}  // namespace nsqlookupd::e2e
