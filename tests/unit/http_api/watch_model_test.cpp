// SPDX-License-Identifier: MIT
//
// The contract of `/watch`, against random commands, time, restarts and clients.
#include "watch_model.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace nsqlookupd::http_api {
namespace {

std::vector<std::uint8_t> random_bytes(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random{seed};
  std::vector<std::uint8_t> bytes(count);
  for (auto& byte : bytes) {
    byte = static_cast<std::uint8_t>(random());
  }
  return bytes;
}

class watch_model_test : public testing::TestWithParam<std::uint64_t> {};

TEST_P(watch_model_test, the_contract_holds) {
  constexpr std::uint64_t sequences = 100;
  for (std::uint64_t number = 0; number < sequences; ++number) {
    auto const seed = GetParam() * sequences + number;
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    // Short ones end in many states, long ones come to many.
    ASSERT_NO_THROW(test_support::run_watch_model(random_bytes(seed, 60 + 13 * number)));
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, watch_model_test, testing::Range<std::uint64_t>(0, 10));

TEST(watch_model_test, takes_any_bytes) {
  for (std::size_t count = 0; count < 300; count += 7) {
    for (int const byte : {0, 1, 0x55, 0xff}) {
      std::vector<std::uint8_t> const bytes(count, static_cast<std::uint8_t>(byte));
      ASSERT_NO_THROW(test_support::run_watch_model(bytes));
    }
  }
}

}  // namespace
}  // namespace nsqlookupd::http_api
