// SPDX-License-Identifier: MIT
//
// IDENTIFY whose size is negative, over the limit, or larger than what then arrives.
#include "besieged_server.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::lookup_client;

constexpr int body_clients = 500;

std::string_view const identify_size_minus_one{"IDENTIFY\n\xff\xff\xff\xff", 13};
std::string_view const identify_most_negative{"IDENTIFY\n\x80\x00\x00\x00", 13};
std::string_view const identify_over_limit{"IDENTIFY\n\x00\x10\x00\x01", 13};
std::string_view const identify_2_gib{"IDENTIFY\n\x7f\xff\xff\xff", 13};
std::string_view const identify_1_mib{"IDENTIFY\n\x00\x10\x00\x00", 13};

TEST(fault, body_sizes_that_are_refused_cost_nothing) {
  besieged_server besieged;
  for (int count = 0; count < body_clients; ++count) {
    for (auto const size :
         {identify_size_minus_one, identify_most_negative, identify_over_limit, identify_2_gib}) {
      auto client = besieged.client();
      client.send(size);
      EXPECT_EQ(client.receive_frame(), "E_BAD_BODY IDENTIFY failed to read body");
      client.finish_sending();
      EXPECT_EQ(client.receive_to_end(), "");
    }
  }
  EXPECT_TRUE(besieged.log().wait_for(
      "E_BAD_BODY IDENTIFY failed to read body - size 2147483647 is refused"));
  besieged.expect_recovery({.most_mib = 4, .left_mib = 4, .log_lines = 4 * body_clients * 5 + 20});
  besieged.expect_good_end();
}

TEST(fault, bodies_that_do_not_arrive_are_not_paid_for) {
  besieged_server besieged;
  std::vector<lookup_client> waiting;
  for (int count = 0; count < body_clients; ++count) {
    waiting.push_back(besieged.client());
    waiting.back().send(identify_1_mib);
    waiting.back().send("{\"broadcast_address\":");
  }
  besieged.expect_service();
  for (auto& client : waiting) {
    client.finish_sending();
    EXPECT_EQ(client.receive_frame(), "E_BAD_BODY IDENTIFY failed to read body");
    EXPECT_EQ(client.receive_to_end(), "");
  }
  EXPECT_TRUE(besieged.log().wait_for("E_BAD_BODY IDENTIFY failed to read body - unexpected EOF"));
  // For what they announce it would be 500 MiB.
  besieged.expect_recovery({.most_mib = 8, .left_mib = 4, .log_lines = body_clients * 5 + 20});
  besieged.expect_good_end();
}

}  // namespace
}  // namespace nsqlookupd::e2e
