// SPDX-License-Identifier: MIT
#include <nsqlookupd/net/running_clock.hpp>

#include <gtest/gtest.h>

#include <chrono>

namespace nsqlookupd::net {
namespace {

using namespace std::chrono_literals;

class running_clock_test : public testing::Test {
 protected:
  // The clock's time after so much more, in which it was asked every 100 ms as the server does.
  std::chrono::nanoseconds after(std::chrono::milliseconds running) {
    for (; running > 100ms; running -= 100ms) {
      steady += 100ms;
      static_cast<void>(clock.at(steady));
    }
    steady += running;
    return clock.at(steady) - begin;
  }

  std::chrono::nanoseconds after_a_pause_of(std::chrono::nanoseconds pause) {
    steady += pause;
    return clock.at(steady) - begin;
  }

  running_clock::time_point const begin{1'000h};
  running_clock::time_point steady = begin;
  running_clock clock{begin};
};

TEST_F(running_clock_test, goes_on_while_the_process_runs) {
  EXPECT_EQ(after(0ms), 0s);
  EXPECT_EQ(after(10s), 10s);
  EXPECT_EQ(after(50ms), 10s + 50ms);
}

TEST_F(running_clock_test, stands_still_in_a_pause_and_while_its_input_is_read) {
  EXPECT_EQ(after(10s), 10s);
  EXPECT_EQ(after_a_pause_of(8h), 10s);
  EXPECT_EQ(after(1s), 10s);
  EXPECT_EQ(after(5s), 15s);
}

TEST_F(running_clock_test, begins_to_catch_up_anew_with_each_pause) {
  EXPECT_EQ(after_a_pause_of(3s), 0s);
  EXPECT_EQ(after(500ms), 0s);
  EXPECT_EQ(after_a_pause_of(3s), 0s);
  EXPECT_EQ(after(900ms), 0s);
  EXPECT_EQ(after(300ms), 200ms);
}

TEST_F(running_clock_test, does_not_mind_that_the_machine_is_busy) {
  EXPECT_EQ(after_a_pause_of(999ms), 999ms);
}

}  // namespace
}  // namespace nsqlookupd::net
