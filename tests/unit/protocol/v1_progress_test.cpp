// SPDX-License-Identifier: MIT
//
// A session's account of the input that it was shown.
#include "registry_listings.hpp"
#include "v1_client.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {
namespace {

using namespace std::literals;
using namespace test_support;

class v1_progress : public testing::Test {
 protected:
  registry::registration_db db;
  v1_client client{db};

  void expect_after(std::string_view bytes, std::size_t consumed, bool mid_command) {
    client.send(bytes);
    EXPECT_EQ(client.last().consumed, consumed) << bytes;
    EXPECT_EQ(client.last().mid_command, mid_command) << bytes;
    EXPECT_FALSE(client.last().close);
  }
};

TEST_F(v1_progress, a_line_is_consumed_when_it_is_whole) {
  expect_after("", 0, false);
  expect_after("PIN", 0, true);
  expect_after("G", 0, true);
  expect_after("\n", 5, false);
  expect_after("PING\nPING\nP", 10, true);
  expect_after("ING\n", 5, false);
}

TEST_F(v1_progress, a_command_with_a_body_goes_on_until_that_is_there) {
  expect_after("IDENTIFY\n", 9, true);
  expect_after("\0\0"sv, 0, true);
  expect_after("\0\x02"sv, 4, true);
  expect_after("{", 0, true);
  expect_after("}", 2, false);
  expect_after("ANNOUNCE t c 1\n", 15, true);
  expect_after("\0\0\0\x02h"sv, 4, true);
  expect_after("\nPING\n", 7, false);
}

TEST_F(v1_progress, a_dropped_body_is_not_kept) {
  client.send(identify());
  expect_after("IDENTIFY\n", 9, true);
  expect_after("\0\x10\0\0"sv, 4, true);
  expect_after(std::string(0x80000, '\n'), 0x80000, true);
  expect_after(std::string(0x7ffff, '\n'), 0x7ffff, true);
  expect_after("xPING\n", 6, false);
}

TEST_F(v1_progress, replies_are_appended) {
  session_settings const settings;
  v1_session session{settings, "10.0.0.1:5000"};
  std::string out = "before";
  EXPECT_EQ(session.consume("PING\nPING\n", db, {}, out, 100).consumed, 10U);
  EXPECT_EQ(out, "before\0\0\0\x02OK\0\0\0\x02OK"sv);
}

TEST_F(v1_progress, nothing_is_done_after_the_session_has_closed) {
  v1_client strict{db, with_policy(client_error_policy::close)};
  EXPECT_EQ(strict.send("FOO\n" + identify()).size(), 1U);
  EXPECT_EQ(strict.last().consumed, 4U);
  EXPECT_EQ(strict.send(identify()), replies{});
  EXPECT_EQ(strict.last().consumed, 0U);
  EXPECT_TRUE(strict.closed());
  EXPECT_EQ(list_clients(db), lines{});
}

}  // namespace
}  // namespace nsqlookupd::protocol
