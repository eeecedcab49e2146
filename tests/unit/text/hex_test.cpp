// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/ascii.hpp>

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace nsqlookupd::text {
namespace {

TEST(hex, is_two_digits_a_byte) {
  std::string out;
  for (auto const byte : std::array<unsigned char, 4>{0x00, 0x09, 0x1a, 0xff}) {
    append_hex(out, byte);
  }
  EXPECT_EQ(out, "00091aff");
}

TEST(hex, is_read_as_it_is_written) {
  std::array<unsigned char, 4> bytes{};
  EXPECT_TRUE(parse_hex("00091aff", bytes));
  EXPECT_EQ(bytes, (std::array<unsigned char, 4>{0x00, 0x09, 0x1a, 0xff}));
}

TEST(hex, is_refused_when_it_is_anything_else) {
  std::array<unsigned char, 2> bytes{};
  for (std::string_view const text : {"", "000", "00000", "0g00", "g000", "00AA", "0x00", " 000"}) {
    EXPECT_FALSE(parse_hex(text, bytes)) << text;
  }
}

TEST(ascii, knows_digits_and_letters_alone) {
  EXPECT_TRUE(is_digit('0') && is_digit('9'));
  EXPECT_FALSE(is_digit('/') || is_digit(':') || is_digit('a'));
  EXPECT_EQ(lower_case("AZaz@[`{09\xc3\x89"), "azaz@[`{09\xc3\x89");
}

}  // namespace
}  // namespace nsqlookupd::text
