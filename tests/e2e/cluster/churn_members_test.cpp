// SPDX-License-Identifier: MIT
//
// Two hundred producers, changes at random at three members, and one fault after another.
#include "member_churn.hpp"
#include "sanitized.hpp"
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace nsqlookupd::e2e {
namespace {

using test_support::amount;

constexpr std::size_t producers = amount(200, 50);
// Each fault once.
constexpr std::size_t rounds = amount(11, 3);
constexpr std::uint64_t seed = 14;

TEST(churn_of_members, ends_as_the_model_after_each_fault) {
  member_churn churn{seed, producers};
  while (churn.rounds() < rounds) {
    churn.run_round();
  }
  std::printf("[ measured ] %zu faults, %zu changes: equal after at most %.0f ms\n", churn.rounds(),
              churn.changes(), churn.worst_ms());
}

}  // namespace
}  // namespace nsqlookupd::e2e
