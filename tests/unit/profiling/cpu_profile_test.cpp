// SPDX-License-Identifier: MIT
#include <nsqlookupd/profiling/cpu_profile.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/time.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

namespace nsqlookupd::profiling {
namespace {

using words = std::vector<std::uintptr_t>;

std::atomic<unsigned> sink;

// Until the process has computed for so many ticks of the profile.
[[gnu::noinline]] void burn_ticks(int count) {
  auto const end = std::clock() + count * CLOCKS_PER_SEC / 100;
  while (std::clock() < end) {
    for (unsigned step = 0; step < 10'000; ++step) {
      sink += step;
    }
  }
}

words words_of(std::string const& profile, std::size_t count) {
  words all(count);
  std::memcpy(all.data(), profile.data(), count * sizeof(all[0]));
  return all;
}

struct sample {
  std::uintptr_t count;
  words stack;
};

struct parsed {
  std::vector<sample> samples;
  std::string rest;
};

// The samples behind the five words of the head, up to the trailer, and the text behind that.
parsed parse(std::string const& profile) {
  parsed found;
  std::size_t at = 5 * sizeof(std::uintptr_t);
  while (true) {
    auto const head = words_of(profile.substr(at), 2);
    auto const stack = words_of(profile.substr(at + sizeof head[0] * 2), head[1]);
    at += (2 + stack.size()) * sizeof head[0];
    if (head[0] == 0) {
      found.rest = profile.substr(at);
      return found;
    }
    found.samples.push_back({head[0], stack});
  }
}

TEST(cpu_profile, begins_as_gperftools_does) {
  auto const profile = cpu_profile::start()->finish();
  EXPECT_EQ(words_of(profile, 5), (words{0, 3, 0, 10'000, 0}));
}

TEST(cpu_profile, ends_with_what_is_mapped_where) {
  auto const found = parse(cpu_profile::start()->finish());
  EXPECT_THAT(found.rest, ::testing::HasSubstr("profiling_test\n"));
  EXPECT_THAT(found.rest, ::testing::HasSubstr("[stack]"));
}

TEST(cpu_profile, samples_what_is_computed) {
  auto profile = cpu_profile::start();
  burn_ticks(20);
  // The code is no larger than this, also where it is instrumented.
  constexpr std::uintptr_t most_bytes = 4096;
  auto const begin = reinterpret_cast<std::uintptr_t>(&burn_ticks);
  auto const is_burning = [&](sample const& taken) {
    return std::ranges::any_of(taken.stack, [&](std::uintptr_t address) {
      return address >= begin && address < begin + most_bytes;
    });
  };
  EXPECT_TRUE(std::ranges::any_of(parse(profile->finish()).samples, is_burning));
}

TEST(cpu_profile, samples_every_thread) {
  auto profile = cpu_profile::start();
  std::vector<std::jthread> threads;
  for (int count = 0; count < 4; ++count) {
    threads.emplace_back([] { burn_ticks(40); });
  }
  threads.clear();
  EXPECT_GT(parse(profile->finish()).samples.size(), 0U);
}

TEST(cpu_profile, is_taken_one_at_a_time) {
  auto const one = cpu_profile::start();
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(cpu_profile::start(), nullptr);
}

TEST(cpu_profile, goes_on_when_another_was_refused) {
  auto one = cpu_profile::start();
  static_cast<void>(cpu_profile::start());
  burn_ticks(20);
  EXPECT_GT(parse(one->finish()).samples.size(), 0U);
}

TEST(cpu_profile, can_be_taken_again) {
  static_cast<void>(cpu_profile::start()->finish());
  EXPECT_NE(cpu_profile::start(), nullptr);
  EXPECT_NE(cpu_profile::start(), nullptr);
}

TEST(cpu_profile, takes_samples_again) {
  static_cast<void>(cpu_profile::start()->finish());
  auto again = cpu_profile::start();
  burn_ticks(20);
  EXPECT_GT(parse(again->finish()).samples.size(), 0U);
}

TEST(cpu_profile, leaves_no_timer_behind) {
  {
    auto const abandoned = cpu_profile::start();
  }
  itimerval timer{};
  ASSERT_EQ(::getitimer(ITIMER_PROF, &timer), 0);
  EXPECT_EQ(timer.it_value.tv_sec + timer.it_value.tv_usec, 0);
}

TEST(cpu_profile, signal_that_comes_too_late_or_too_early_does_no_harm) {
  EXPECT_EQ(std::raise(SIGPROF), 0);
  static_cast<void>(cpu_profile::start()->finish());
  EXPECT_EQ(std::raise(SIGPROF), 0);
}

TEST(cpu_profile, writes_nothing_to_standard_error) {
  ::testing::internal::CaptureStderr();
  auto profile = cpu_profile::start();
  burn_ticks(2);
  static_cast<void>(profile->finish());
  {
    auto const abandoned = cpu_profile::start();
  }
  // Others' lines still arrive.
  std::fputs("a line\n", stderr);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "a line\n");
}

}  // namespace
}  // namespace nsqlookupd::profiling
