// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/command.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::protocol {
namespace {

using namespace std::literals;

// docs/PROTOCOL.md, "Command lines".
constexpr char const* spaces[] = {
    " ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\u0085", "\u00a0", "\u1680",
    "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
    "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

TEST(trim, takes_every_white_space_off_both_ends) {
  for (std::string const space : spaces) {
    EXPECT_EQ(trim(space + "a"), "a") << testing::PrintToString(space);
    EXPECT_EQ(trim("a" + space), "a") << testing::PrintToString(space);
    EXPECT_EQ(trim(space + space + "a" + space + space), "a") << testing::PrintToString(space);
  }
}

TEST(trim, takes_all_off_at_once) {
  std::string all;
  for (auto const* const space : spaces) {
    all += space;
  }
  EXPECT_EQ(trim(all + "a b" + all), "a b");
  EXPECT_EQ(trim(all), "");
  EXPECT_EQ(trim(""), "");
}

TEST(trim, leaves_what_is_inside) {
  for (std::string const space : spaces) {
    auto const text = "a" + space + "b";
    EXPECT_EQ(trim(text), text);
  }
}

TEST(trim, leaves_what_is_no_white_space) {
  for (auto const text :
       {"\0"sv, "\x1c"sv, "\x1f"sv, "\x7f"sv, "\x85"sv, "\xa0"sv, "\u0084"sv, "\u180e"sv,
        "\u200b"sv, "\u2060"sv, "\ufeff"sv, "\xe2\x80"sv, "\xc2"sv, "\x80\x80"sv}) {
    EXPECT_EQ(trim(text), text) << testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace nsqlookupd::protocol
