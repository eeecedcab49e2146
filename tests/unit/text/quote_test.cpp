// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/utf8.hpp>

#include <gtest/gtest.h>

#include <string_view>

namespace nsqlookupd::text {
namespace {

TEST(quote, escapes_as_go_does) {
  struct {
    std::string_view text;
    std::string_view quoted;
  } const cases[] = {
      {"", R"("")"},
      {"plain", R"("plain")"},
      {"a\"b\\\n\t\r\a\b\v\f\x1b\x7f", R"("a\"b\\\n\t\r\a\b\v\f\x1b\x7f")"},
      {std::string_view{"\0", 1}, R"("\x00")"},
      {"\u00e9\u20ac\U0001f600", "\"\u00e9\u20ac\U0001f600\""},
      {"\xff\xc3", R"("\xff\xc3")"},
      {"\xc0\x80", R"("\xc0\x80")"},
      {"\xe2\x82y", R"("\xe2\x82y")"},
      {"\xed\xa0\x80", R"("\xed\xa0\x80")"},
  };
  for (auto const& [text, quoted] : cases) {
    EXPECT_EQ(quote(text), quoted);
  }
}

}  // namespace
}  // namespace nsqlookupd::text
