// SPDX-License-Identifier: MIT
#include "figures.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace bench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Keeps a processor busy until this thread has used so much of it.
void burn(milliseconds wanted) {
  auto const before = cpu_time(::getpid());
  while (cpu_time(::getpid()) - before < wanted) {
  }
}

TEST(figures, median_is_the_middle_or_the_mean_of_the_two) {
  EXPECT_EQ(median({}), 0);
  EXPECT_EQ(median({7}), 7);
  EXPECT_EQ(median({9, 1, 5}), 5);
  EXPECT_EQ(median({9, 1, 5, 6}), 5.5);
}

TEST(figures, medians_are_taken_of_each_figure_by_itself) {
  std::vector<figures> rounds(3);
  rounds[0].cpu_us_per_operation = 1;
  rounds[1].cpu_us_per_operation = 3;
  rounds[2].cpu_us_per_operation = 2;
  rounds[0].worst_us = 30;
  rounds[1].worst_us = 10;
  rounds[2].worst_us = 20;
  EXPECT_EQ(median_of(rounds).cpu_us_per_operation, 2);
  EXPECT_EQ(median_of(rounds).worst_us, 20);
}

TEST(figures, quantiles_of_latencies_run_from_the_best_to_the_worst) {
  latencies took;
  EXPECT_EQ(took.quantile_us(0.5), 0);
  for (int number = 101; number > 0; --number) {
    took.add(microseconds{number});
  }
  EXPECT_EQ(took.quantile_us(0), 1);
  EXPECT_EQ(took.quantile_us(0.5), 51);
  EXPECT_EQ(took.quantile_us(0.99), 100);
  EXPECT_EQ(took.quantile_us(1), 101);
}

TEST(figures, cpu_time_counts_threads_that_have_ended) {
  constexpr milliseconds burnt{20};
  auto const before = cpu_time(::getpid());
  std::thread{[&] { burn(burnt); }}.join();
  EXPECT_GE(cpu_time(::getpid()) - before, burnt);
}

TEST(figures, no_process_has_none) {
  // One above the highest that Linux gives out.
  constexpr int nobody = 4'194'305;
  EXPECT_EQ(cpu_time(0).count(), 0);
  EXPECT_EQ(resident_bytes(0), 0U);
  EXPECT_THROW(static_cast<void>(cpu_time(nobody)), std::runtime_error);
}

TEST(figures, resident_bytes_are_those_of_the_process) {
  constexpr std::size_t mebibyte = std::size_t{1} << 20U;
  EXPECT_GT(resident_bytes(::getpid()), mebibyte);
}

}  // namespace
}  // namespace bench
