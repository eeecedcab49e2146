// SPDX-License-Identifier: MIT
//
// A line without end.
#include "besieged_server.hpp"
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <system_error>

namespace nsqlookupd::e2e {
namespace {

constexpr std::size_t piece_size = std::size_t{1} << 20U;
constexpr int pieces = 100;

// How much of it got through before the server cut the connection.
int send_100_mib(test_support::lookup_client const& client) {
  std::string const piece(piece_size, 'x');
  int sent = 0;
  try {
    for (; sent < pieces; ++sent) {
      client.send(piece);
    }
  } catch (std::system_error const&) {
    return sent;
  }
  return sent;
}

TEST(fault, a_line_without_end_is_refused_at_its_limit) {
  besieged_server besieged;
  auto client = besieged.client();
  client.send(std::string(4097, 'x'));
  EXPECT_EQ(client.receive_frame(), "E_INVALID line is longer than 4096 bytes");
  EXPECT_GT(send_100_mib(client), 0);
  besieged.expect_service();
  EXPECT_TRUE(besieged.log().wait_for("client(" + client.name() + ") - E_INVALID"));
  besieged.expect_recovery({.most_mib = 4, .left_mib = 4, .log_lines = 40});
  besieged.expect_good_end();
}

}  // namespace
}  // namespace nsqlookupd::e2e
