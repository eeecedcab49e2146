// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/duration_text.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string_view>

namespace nsqlookupd::log {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

TEST(duration_text, is_what_go_prints) {
  struct {
    nanoseconds duration;
    std::string_view expected;
  } const cases[] = {
      {0ns, "0s"},
      {1ns, "1ns"},
      {999ns, "999ns"},
      {1us, "1µs"},
      {1001ns, "1.001µs"},
      {1100ns, "1.1µs"},
      {22784ns, "22.784µs"},
      {999'999ns, "999.999µs"},
      {1ms, "1ms"},
      {1'000'001ns, "1.000001ms"},
      {182'713'234ns, "182.713234ms"},
      {999'999'999ns, "999.999999ms"},
      {1s, "1s"},
      {1'000'000'001ns, "1.000000001s"},
      {1500ms, "1.5s"},
      {10s, "10s"},
      {59'999'999'999ns, "59.999999999s"},
      {1min, "1m0s"},
      {61s, "1m1s"},
      {300s, "5m0s"},
      {3'599'999ms, "59m59.999s"},
      {1h, "1h0m0s"},
      {1h + 1ns, "1h0m0.000000001s"},
      {90min, "1h30m0s"},
      {25h + 5s, "25h0m5s"},
      {-1ns, "-1ns"},
      {-1500us, "-1.5ms"},
      {-1h, "-1h0m0s"},
      {nanoseconds::max(), "2562047h47m16.854775807s"},
      {nanoseconds::min(), "-2562047h47m16.854775808s"},
  };
  for (auto const& [duration, expected] : cases) {
    EXPECT_EQ(std::string_view{duration_text{duration}}, expected) << duration.count();
  }
}

}  // namespace
}  // namespace nsqlookupd::log
