// SPDX-License-Identifier: MIT
#include "reloadable_files.hpp"
#include <gtest/gtest.h>

#include <chrono>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;

TEST(reminder, is_due_at_once_and_then_once_a_day) {
  reminder of_something;
  reminder::time_point const now{1h};
  EXPECT_TRUE(of_something.is_due(now));
  EXPECT_FALSE(of_something.is_due(now));
  EXPECT_FALSE(of_something.is_due(now + 24h - 1s));
  EXPECT_TRUE(of_something.is_due(now + 24h));
  EXPECT_FALSE(of_something.is_due(now + 25h));
}

TEST(reminder, is_due_at_once_when_something_new_is_wrong) {
  reminder of_something;
  reminder::time_point const now{1h};
  EXPECT_TRUE(of_something.is_due(now));
  of_something.reset();
  EXPECT_TRUE(of_something.is_due(now + 1s));
}

}  // namespace
}  // namespace nsqlookupd
