// SPDX-License-Identifier: MIT
//
// How long a hand-over keeps producers waiting; docs/RELIABILITY.md has the figures.
#include "crowd.hpp"
#include "many_descriptors.hpp"
#include "ping_watch.hpp"
#include "repeated_action.hpp"
#include "replaceable_server.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <ostream>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using milliseconds = std::chrono::duration<double, std::milli>;

struct population {
  std::size_t producers;
  bool has_own_topics;
  /// For which a PING may wait.
  milliseconds limit;
};

void PrintTo(population const& of, std::ostream* out) {
  *out << of.producers << (of.has_own_topics ? "_of_own_topics" : "_of_the_same_topics");
}

class handover_of : public testing::TestWithParam<population> {};
INSTANTIATE_TEST_SUITE_P(producers, handover_of,
                         testing::Values(population{1'000, false, milliseconds{250}},
                                         population{1'000, true, milliseconds{250}},
                                         // Twice as long as the slowest machine needed; an nsqd
                                         // waits for a second, and once more.
                                         population{10'000, false, milliseconds{1000}},
                                         population{10'000, true, milliseconds{2000}}),
                         testing::PrintToStringParamName{});

// Twenty registrations each: ten topics with a channel.
std::vector<std::string> topics_of(std::size_t producer, bool has_own) {
  constexpr int count = 10;
  std::vector<std::string> all;
  for (int topic = 0; topic < count; ++topic) {
    auto const owner = has_own ? std::to_string(producer) + '-' : std::string{};
    all.push_back("topic-" + owner + std::to_string(topic) + " channel");
  }
  return all;
}

// The best of three counts: other processes run on this machine, too.
TEST_P(handover_of, many_producers_keeps_no_ping_waiting) {
  constexpr int attempts = 3;
  auto const size = clients_up_to(GetParam().producers);
  replaceable_server server;
  crowd const producers{server, size, [](std::size_t producer) {
                          return topics_of(producer, GetParam().has_own_topics);
                        }};
  ping_watch watch{server.running().tcp_port()};
  milliseconds best{1e9};
  for (int attempt = 0; attempt < attempts; ++attempt) {
    watch.forget();
    server.hand_over();
    watch.wait_for(2);
    auto const worst = watch.worst();
    std::printf("[ measured ] %zu producers, %s: slowest PING over a hand-over %.1f ms\n", size,
                GetParam().has_own_topics ? "topics of their own" : "the same topics",
                worst.count());
    best = std::min(best, worst);
  }
  EXPECT_EQ(producers.disturbed(), 0U);
  EXPECT_LT(best.count(), time_here(GetParam().limit).count());
}

}  // namespace
}  // namespace nsqlookupd::e2e
