// SPDX-License-Identifier: MIT
#include <nsqlookupd/auth/token_hash.hpp>

#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::auth {
namespace {

// printf '\0\1\2…\17%s' 'correct horse battery' | sha256sum
constexpr auto known =
    "sha256:000102030405060708090a0b0c0d0e0f:"
    "4707f011c00b1bdf67bbc391f4e982957953f59c5858f0cb7b87bc9d846242c4";

TEST(token_hash, is_what_sha256sum_says) {
  auto const hash = token_hash::parse(known);
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->matches("correct horse battery"));
  EXPECT_FALSE(hash->matches("correct horse batterz"));
  EXPECT_FALSE(hash->matches(""));
  EXPECT_EQ(hash->to_text(), known);
}

TEST(token_hash, has_a_salt_of_its_own_and_survives_being_text) {
  auto const first = token_hash::of("token");
  auto const second = token_hash::of("token");
  EXPECT_NE(first.to_text(), second.to_text());
  for (auto const& made : {first, second}) {
    auto const read = token_hash::parse(made.to_text());
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->matches("token"));
  }
}

TEST(token_hash, is_not_read_from_anything_else) {
  std::string const good = known;
  for (auto const& text :
       {std::string{}, std::string{"sha256:"}, good + "0", good.substr(0, good.size() - 1),
        "md5" + good.substr(6), std::string{"sha256:00:00"}, "sha256:g" + good.substr(8),
        good.substr(0, good.size() - 1) + "A"}) {
    EXPECT_FALSE(token_hash::parse(text)) << text;
  }
}

}  // namespace
}  // namespace nsqlookupd::auth
