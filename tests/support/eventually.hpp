// SPDX-License-Identifier: MIT
#pragma once

#include "patience.hpp"

#include <chrono>
#include <thread>

namespace nsqlookupd::test_support {

/// Asks again and again until `condition()` is true; false when it never was.
template <class Condition>
[[nodiscard]] bool eventually(Condition const& condition) {
  auto const until = give_up_at();
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) {
      return false;
    }
    std::this_thread::yield();
  }
  return true;
}

}  // namespace nsqlookupd::test_support
