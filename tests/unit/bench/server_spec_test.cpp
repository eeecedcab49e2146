// SPDX-License-Identifier: MIT
#include "server_spec.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace bench {
namespace {

using strings = std::vector<std::string>;

TEST(server_spec, of_a_path_is_called_like_the_file) {
  auto const server = parse_server("build/x/nsqlookupd");
  EXPECT_EQ(server.name, "nsqlookupd");
  EXPECT_EQ(server.binary, "build/x/nsqlookupd");
  EXPECT_EQ(server.flags, strings{});
  EXPECT_FALSE(server.is_floor);
}

TEST(server_spec, flags_belong_to_the_server_and_tell_it_apart) {
  auto const server = parse_server("/opt/nsqlookupd  -threads=2 -log-level info");
  EXPECT_EQ(server.name, "nsqlookupd -threads=2 -log-level info");
  EXPECT_EQ(server.binary, "/opt/nsqlookupd");
  EXPECT_EQ(server.flags, (strings{"-threads=2", "-log-level", "info"}));
}

TEST(server_spec, may_be_named) {
  auto const server = parse_server("two=./nsqlookupd -threads=2");
  EXPECT_EQ(server.name, "two");
  EXPECT_EQ(server.binary, "./nsqlookupd");
  EXPECT_EQ(server.flags, strings{"-threads=2"});
}

TEST(server_spec, a_path_may_hold_an_equals_sign) {
  auto const server = parse_server("/opt/v=2/nsqlookupd");
  EXPECT_EQ(server.name, "nsqlookupd");
  EXPECT_EQ(server.binary, "/opt/v=2/nsqlookupd");
}

TEST(server_spec, the_floor_is_known_by_its_file) {
  EXPECT_TRUE(parse_server("f=bench/nsqlookupd-floor").is_floor);
  EXPECT_TRUE(parse_server("nsqlookupd-floor -x").is_floor);
}

TEST(server_spec, without_a_binary_is_an_error) {
  for (auto const* const text : {"", "  ", "name=", "some/folder/"}) {
    EXPECT_THROW(static_cast<void>(parse_server(text)), std::runtime_error) << text;
  }
}

TEST(server_spec, equal_names_are_numbered) {
  std::vector servers{parse_server("a/nsqlookupd"), parse_server("x=b"),
                      parse_server("b/nsqlookupd"), parse_server("c/nsqlookupd")};
  make_names_differ(servers);
  EXPECT_EQ(servers[0].name, "nsqlookupd");
  EXPECT_EQ(servers[1].name, "x");
  EXPECT_EQ(servers[2].name, "nsqlookupd (2)");
  EXPECT_EQ(servers[3].name, "nsqlookupd (3)");
}

}  // namespace
}  // namespace bench
