// SPDX-License-Identifier: MIT
//
// Random commands, given to the registry and to a model that is too simple to be wrong.
#include "registry_model.hpp"
#include "sanitized.hpp"
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace nsqlookupd::registry {
namespace {

// A command with its choices and the page size takes five bytes or so.
constexpr std::size_t bytes_of_500_steps = 2500;

std::vector<std::uint8_t> random_bytes(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::vector<std::uint8_t> bytes(bytes_of_500_steps);
  for (auto& byte : bytes) {
    byte = static_cast<std::uint8_t>(random());
  }
  return bytes;
}

class model_test : public testing::TestWithParam<std::uint64_t> {};

TEST_P(model_test, registry_and_model_answer_alike) {
  constexpr auto sequences = test_support::amount<std::uint64_t>(20, 4);
  for (std::uint64_t number = 0; number < sequences; ++number) {
    auto const seed = GetParam() * sequences + number;
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    ASSERT_NO_THROW(test_support::run_registry_model(random_bytes(seed)));
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, model_test, testing::Range<std::uint64_t>(0, 10));

TEST(model_test, takes_any_bytes) {
  for (std::size_t count = 0; count < 300; ++count) {
    for (int const byte : {0, 1, 0x55, 0xff}) {
      std::vector<std::uint8_t> const bytes(count, static_cast<std::uint8_t>(byte));
      ASSERT_NO_THROW(test_support::run_registry_model(bytes));
    }
  }
}

}  // namespace
}  // namespace nsqlookupd::registry
