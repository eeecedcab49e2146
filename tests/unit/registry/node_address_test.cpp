// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/names.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace nsqlookupd::registry {
namespace {

void expect_read(std::string_view text, std::string_view host, std::int64_t port) {
  auto const address = node_address::parse(text);
  ASSERT_TRUE(address) << text;
  EXPECT_EQ(address->host, host) << text;
  EXPECT_EQ(address->http_port, port) << text;
}

TEST(node_address, reads_host_and_port) {
  expect_read("10.0.0.1:4151", "10.0.0.1", 4151);
  expect_read("nsqd-1.example:80", "nsqd-1.example", 80);
}

TEST(node_address, reads_ipv6_with_and_without_brackets) {
  expect_read("[::1]:4151", "::1", 4151);
  expect_read("::1:4151", "::1", 4151);
  expect_read("[fe80::1%eth0]:4151", "fe80::1%eth0", 4151);
}

TEST(node_address, keeps_brackets_that_are_no_pair) {
  expect_read("[::1:4151", "[::1", 4151);
  expect_read("::1]:4151", "::1]", 4151);
  expect_read("[:4151", "[", 4151);
}

TEST(node_address, reads_ports_as_producers_may_announce_them) {
  expect_read("h:-1", "h", -1);
  expect_read("h:70000", "h", 70000);
  expect_read("h:9223372036854775807", "h", INT64_MAX);
  expect_read("h:-9223372036854775808", "h", INT64_MIN);
}

TEST(node_address, may_have_an_empty_host) {
  expect_read(":4151", "", 4151);
}

TEST(node_address, is_nothing_without_a_port_in_plain_decimal) {
  for (auto const* const text :
       {"", "host", "host:", "host:x", "host:4151x", "host: 4151", "host:+4151", "host:04151",
        "host:-0", "host:4151 ", "host:9223372036854775808", "host:0x1037", "[::1]"}) {
    EXPECT_FALSE(node_address::parse(text)) << text;
  }
}

TEST(without_brackets, takes_off_one_pair) {
  EXPECT_EQ(without_brackets("[::1]"), "::1");
  EXPECT_EQ(without_brackets("[[::1]]"), "[::1]");
  EXPECT_EQ(without_brackets("[]"), "");
  EXPECT_EQ(without_brackets("::1"), "::1");
  EXPECT_EQ(without_brackets("[::1"), "[::1");
  EXPECT_EQ(without_brackets("::1]"), "::1]");
  EXPECT_EQ(without_brackets("["), "[");
  EXPECT_EQ(without_brackets(""), "");
}

}  // namespace
}  // namespace nsqlookupd::registry
