// SPDX-License-Identifier: MIT
#include <nsqlookupd/metrics/counters.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <thread>
#include <vector>

namespace nsqlookupd::metrics {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 3> counted_routes = {"/a", "/b", "other"};
constexpr std::array<std::string_view, 14> change_kinds = {};

TEST(named_counters, count_each_name_and_the_rest_together) {
  named_counters<3> counted{{"PING", "REGISTER", "invalid"}};
  for (auto const* const name : {"PING", "REGISTER", "PING", "FOO", "", "ping", "invalid"}) {
    counted.add(name);
  }
  EXPECT_EQ(counted.value(0), 2U);
  EXPECT_EQ(counted.value(1), 1U);
  EXPECT_EQ(counted.value(2), 4U);
}

TEST(named_counters, count_by_position_too) {
  named_counters<3> counted{{"PING", "REGISTER", "invalid"}};
  counted.add(1);
  counted.add("REGISTER");
  counted.add(0);
  EXPECT_EQ(counted.value(0), 1U);
  EXPECT_EQ(counted.value(1), 2U);
  EXPECT_EQ(counted.value(2), 0U);
}

TEST(request_counters, count_by_route_and_status) {
  request_counters counted{counted_routes};
  counted.add(0, 200);
  counted.add(0, 200);
  counted.add(1, 404);
  counted.add(2, 404);
  counted.add(3, 404);
  counted.add(static_cast<std::size_t>(-1), 299);
  EXPECT_EQ(counted.value(0, 0), 2U);
  EXPECT_EQ(counted.value(1, 0), 0U);
  EXPECT_EQ(counted.statuses[1], 404U);
  EXPECT_EQ(counted.value(1, 1), 1U);
  EXPECT_EQ(counted.value(2, 1), 2U);
  EXPECT_EQ(counted.value(2, counted.statuses.size() - 1), 1U);
}

TEST(histogram, puts_each_duration_into_its_bucket) {
  histogram<reply_bounds> observed;
  observed.observe(0ns);
  observed.observe(1us);
  observed.observe(1001ns);
  observed.observe(1s);
  observed.observe(1h);
  EXPECT_EQ(observed.count(0), 2U);
  EXPECT_EQ(observed.count(1), 1U);
  EXPECT_EQ(observed.count(observed.bounds.size() - 1), 1U);
  EXPECT_EQ(observed.count(observed.bounds.size()), 1U);
  EXPECT_EQ(observed.sum(), 2001ns + 1s + 1h);
}

TEST(histogram, has_bounds_of_its_own) {
  histogram<watch_bounds> observed;
  observed.observe(500us);
  observed.observe(5s);
  observed.observe(6s);
  EXPECT_EQ(observed.count(0), 1U);
  EXPECT_EQ(observed.count(watch_bounds.size() - 1), 1U);
  EXPECT_EQ(observed.count(watch_bounds.size()), 1U);
}

TEST(histogram, has_bounds_that_grow) {
  EXPECT_EQ(std::ranges::adjacent_find(reply_bounds, std::ranges::greater_equal{}),
            reply_bounds.end());
  EXPECT_EQ(std::ranges::adjacent_find(watch_bounds, std::ranges::greater_equal{}),
            watch_bounds.end());
}

TEST(counters, may_be_used_by_many_threads) {
  counters counted{counted_routes, change_kinds};
  {
    std::vector<std::jthread> threads;
    for (int number = 0; number < 4; ++number) {
      threads.emplace_back([&] {
        for (int count = 0; count < 10'000; ++count) {
          counted.commands.add("PING");
          metrics::counted const one{counted.tcp_connections};
        }
      });
    }
  }
  EXPECT_EQ(counted.commands.value(0), 40'000U);
  EXPECT_EQ(counted.tcp_connections.value(), 0);
}

}  // namespace
}  // namespace nsqlookupd::metrics
