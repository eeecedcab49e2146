// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/names.hpp>

#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::registry {
namespace {

TEST(names, every_allowed_byte_is_valid_and_no_other) {
  std::string const allowed = ".0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-";
  for (int code = 0; code < 256; ++code) {
    std::string const name(1, static_cast<char>(code));
    EXPECT_EQ(is_valid_name(name), allowed.find(name) != std::string::npos) << code;
    EXPECT_EQ(is_valid_name("a" + name + "b"), is_valid_name(name)) << code;
  }
}

TEST(names, are_1_to_64_bytes) {
  EXPECT_FALSE(is_valid_name(""));
  EXPECT_TRUE(is_valid_name(std::string(64, 'x')));
  EXPECT_FALSE(is_valid_name(std::string(65, 'x')));
}

TEST(names, may_end_in_ephemeral_which_counts_for_the_length) {
  EXPECT_TRUE(is_valid_name("a#ephemeral"));
  EXPECT_TRUE(is_valid_name(std::string(54, 'x') + "#ephemeral"));
  EXPECT_FALSE(is_valid_name(std::string(55, 'x') + "#ephemeral"));
}

TEST(names, are_more_than_the_suffix) {
  EXPECT_FALSE(is_valid_name("#ephemeral"));
}

TEST(names, have_the_suffix_once_and_whole_and_last) {
  EXPECT_FALSE(is_valid_name("a#ephemeral#ephemeral"));
  EXPECT_FALSE(is_valid_name("a#ephemera"));
  EXPECT_FALSE(is_valid_name("a#Ephemeral"));
  EXPECT_FALSE(is_valid_name("a#ephemeralx"));
  EXPECT_FALSE(is_valid_name("a#ephemeral\n"));
}

TEST(names, the_wildcard_is_none) {
  EXPECT_FALSE(is_valid_name(any_topic));
}

TEST(names, are_ephemeral_by_their_suffix) {
  EXPECT_TRUE(is_ephemeral("a#ephemeral"));
  EXPECT_FALSE(is_ephemeral("a"));
  EXPECT_FALSE(is_ephemeral("ephemeral"));
  EXPECT_FALSE(is_ephemeral("a#ephemeral.b"));
}

}  // namespace
}  // namespace nsqlookupd::registry
