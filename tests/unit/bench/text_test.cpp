// SPDX-License-Identifier: MIT
#include "text.hpp"

#include <gtest/gtest.h>

namespace bench {
namespace {

TEST(text, significant_digits_are_as_many_whatever_the_size) {
  EXPECT_EQ(significant(0.000416, 3), "0.000416");
  EXPECT_EQ(significant(0.25, 3), "0.250");
  EXPECT_EQ(significant(1, 3), "1.00");
  EXPECT_EQ(significant(21.034, 4), "21.03");
  EXPECT_EQ(significant(16346.7, 3), "16347");
  EXPECT_EQ(significant(0, 3), "0.00");
}

TEST(text, seconds_have_no_more_digits_than_they_need) {
  EXPECT_EQ(in_seconds(std::chrono::seconds{60}), "60");
  EXPECT_EQ(in_seconds(std::chrono::milliseconds{250}), "0.25");
}

TEST(text, padding_fills_up_and_cuts_nothing) {
  EXPECT_EQ(pad_left("ab", 4), "  ab");
  EXPECT_EQ(pad_right("ab", 4), "ab  ");
  EXPECT_EQ(pad_left("abc", 2), "abc");
  EXPECT_EQ(pad_right("abc", 2), "abc");
}

}  // namespace
}  // namespace bench
