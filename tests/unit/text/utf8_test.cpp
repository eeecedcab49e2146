// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/utf8.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::text {
namespace {

struct rewriting {
  std::string_view text;
  std::string_view expected;
};

TEST(utf8_size, is_that_of_the_first_character) {
  EXPECT_EQ(utf8_size("ab"), 1U);
  EXPECT_EQ(utf8_size(std::string_view{"\0", 1}), 1U);
  EXPECT_EQ(utf8_size("\u0080\xff"), 2U);
  EXPECT_EQ(utf8_size("\u0800x"), 3U);
  EXPECT_EQ(utf8_size("\U0010ffff"), 4U);
}

TEST(utf8_size, is_0_where_no_character_begins) {
  for (std::string_view const text : {"", "\x80", "\xc2", "\xe2\x82", "\xc1\xbf", "\xed\xa0\x80"}) {
    EXPECT_EQ(utf8_size(text), 0U) << testing::PrintToString(text);
  }
}

TEST(to_valid_utf8, keeps_what_is_valid) {
  for (std::string const text : {"", "plain", "\x01\x7f", "\u0080\u07ff",
                                 "\u0800\ud7ff\ue000\uffff", "\U00010000\U0010ffff", "\ufffd"}) {
    EXPECT_EQ(to_valid_utf8(text), text);
  }
}

TEST(to_valid_utf8, replaces_each_broken_byte) {
  rewriting const cases[] = {
      {"\xff", "\ufffd"},
      {"a\x80z", "a\ufffdz"},
      {"\xc0\x80", "\ufffd\ufffd"},
      {"\xc1\xbf", "\ufffd\ufffd"},
      {"\xc2", "\ufffd"},
      {"\xc2\xc2\x80", "\ufffd\u0080"},
      {"\xe0\x9f\xbf", "\ufffd\ufffd\ufffd"},
      {"\xe2\x82", "\ufffd\ufffd"},
      {"\xe2\x82z", "\ufffd\ufffdz"},
      {"\xe2z\x80", "\ufffdz\ufffd"},
      {"\xed\xa0\x80", "\ufffd\ufffd\ufffd"},
      {"\xf0\x8f\xbf\xbf", "\ufffd\ufffd\ufffd\ufffd"},
      {"\xf0\x9f\x98", "\ufffd\ufffd\ufffd"},
      {"\xf1z\x80\x80", "\ufffdz\ufffd\ufffd"},
      {"\xf1\x80z\x80", "\ufffd\ufffdz\ufffd"},
      {"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
      {"\xf5\x80\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
      {"\xf0\x9f\x98\x80\xf0", "\U0001f600\ufffd"},
  };
  for (auto const& [text, expected] : cases) {
    EXPECT_EQ(to_valid_utf8(std::string{text}), expected) << testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace nsqlookupd::text
