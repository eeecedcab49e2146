// SPDX-License-Identifier: MIT
#include "captured_log.hpp"

#include <nsqlookupd/log/log.hpp>

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace nsqlookupd::log {
namespace {

// Starting a thread takes longer than the log's own needs to fall asleep, so that lines wake it.
TEST(captured_log, sees_each_line_of_other_threads_without_a_flush) {
  test_support::captured_log const captured;
  for (int number = 0; number < 100; ++number) {
    std::jthread const other([number] { line(level::info, "number ", number, '.'); });
    ASSERT_TRUE(captured.wait_for("number " + std::to_string(number) + '.'));
  }
}
}  // namespace
}  // namespace nsqlookupd::log
