// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/duration.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace nsqlookupd::text {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

struct reading {
  std::string text;
  nanoseconds expected;
};

void expect_read(std::vector<reading> const& cases) {
  for (auto const& [text, expected] : cases) {
    auto const parsed = parse_duration(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->count(), expected.count()) << text;
  }
}

TEST(duration, is_read_in_every_unit) {
  expect_read({{"300s", 300s},
               {"5m0s", 5min},
               {"1h30m", 90min},
               {"100ms", 100ms},
               {"10ns", 10ns},
               {"11us", 11us},
               {"12\u00b5s", 12us},
               {"12\u03bcs", 12us},
               {"1s1s", 2s},
               {"0s", 0s}});
}

TEST(duration, may_have_a_sign) {
  expect_read({{"0", 0s},
               {"+0", 0s},
               {"-0", 0s},
               {"+1s", 1s},
               {"-1s", -1s},
               {"-1h30m", -90min},
               {"-.5s", -500ms}});
}

TEST(duration, may_have_fractions) {
  expect_read({{".5s", 500ms},
               {"1.s", 1s},
               {"0.5h", 30min},
               {"1.004s", 1004ms},
               {"100.00100s", 100'001ms},
               {"0.9999999999s", 999'999'999ns},
               {"0.1ns", 0ns},
               {"0.3333333333333333333h", 20min},
               {"0.830103483285477580700h", 49min + 48s + 372539827ns},
               {"0.100000000000000000000h", 6min},
               {"39h9m14.425s", 39h + 9min + 14'425ms},
               {"9007199254.740993ms", 9007199254740993ns}});
}

TEST(duration, is_read_up_to_the_bounds_of_64_bits) {
  expect_read({{"9223372036854775807ns", nanoseconds::max()},
               {"9223372036.854775807s", nanoseconds::max()},
               {"9223372036s854ms775us807ns", nanoseconds::max()},
               {"-9223372036854775808ns", nanoseconds::min()},
               {"-2562047h47m16.854775808s", nanoseconds::min()}});
}

TEST(duration, is_nothing_else) {
  for (auto const* const text :
       {"",   "-",   "+",   ".",  "s",  ".s",  "-.s", "+-1s", " 1s",   "5",
        "00", "1.5", "1s5", "1d", "1S", "1s ", "1 s", "1\ns", "1..5s", "1e3s"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(duration, is_refused_when_too_large) {
  for (auto const* const text :
       {"9223372036854775808ns", "-9223372036854775809ns", "99999999999999999999ns",
        "9223372036.854775808s", "2562048h", "5124096h", "9223372036854775807ns1ns",
        "9223372036854775808ns9223372036854775808ns"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

struct writing {
  nanoseconds duration;
  std::string expected;
};

/// As written, and readable again.
void expect_written(std::vector<writing> const& cases) {
  for (auto const& [duration, expected] : cases) {
    auto const text = format_duration(duration);
    EXPECT_EQ(text, expected);
    auto const again = parse_duration(text);
    ASSERT_TRUE(again) << text;
    EXPECT_EQ(again->count(), duration.count());
  }
}

TEST(duration, is_written_as_go_does) {
  expect_written({{0s, "0s"},
                  {1ns, "1ns"},
                  {999ns, "999ns"},
                  {1us, "1\u00b5s"},
                  {1100ns, "1.1\u00b5s"},
                  {22'784ns, "22.784\u00b5s"},
                  {2'200us, "2.2ms"},
                  {999'999'999ns, "999.999999ms"},
                  {1s, "1s"},
                  {1500ms, "1.5s"},
                  {3300ms, "3.3s"},
                  {10s, "10s"},
                  {60s, "1m0s"},
                  {300s, "5m0s"},
                  {245s, "4m5s"},
                  {245'001ms, "4m5.001s"},
                  {1h, "1h0m0s"},
                  {90min, "1h30m0s"},
                  {5h + 6min + 7'001ms, "5h6m7.001s"},
                  {480s + 1ns, "8m0.000000001s"},
                  {1001ns, "1.001\u00b5s"},
                  {999'999ns, "999.999\u00b5s"},
                  {1ms, "1ms"},
                  {1'000'001ns, "1.000001ms"},
                  {1'000'000'001ns, "1.000000001s"},
                  {59'999'999'999ns, "59.999999999s"},
                  {3'599'999ms, "59m59.999s"},
                  {1h + 1ns, "1h0m0.000000001s"},
                  {25h + 5s, "25h0m5s"},
                  {-1ns, "-1ns"},
                  {-1500us, "-1.5ms"},
                  {-90min, "-1h30m0s"},
                  {nanoseconds::max(), "2562047h47m16.854775807s"},
                  {nanoseconds::min(), "-2562047h47m16.854775808s"}});
}

}  // namespace
}  // namespace nsqlookupd::text
