// SPDX-License-Identifier: MIT
//
// nsqd pointed at the HTTP port, a browser pointed at the TCP port.
#include "besieged_server.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::e2e {
namespace {

// More than the log is to be told of.
constexpr int wrong_clients = 300;

TEST(fault, nsqd_at_the_http_port_is_told_where_to_go) {
  besieged_server besieged;
  for (int count = 0; count < wrong_clients; ++count) {
    auto client = besieged.http_client();
    client.send("  V1" + test_support::identify());
    EXPECT_EQ(client.receive_reply().status(), 400);
    client.finish_sending();
    EXPECT_EQ(client.receive_to_end(), "");
  }
  constexpr auto advice = "speaks nsqd's TCP protocol to the HTTP port: point it at the TCP port";
  EXPECT_TRUE(besieged.log().wait_for(advice));
  besieged.expect_recovery({.most_mib = 4, .left_mib = 4, .log_lines = wrong_clients});
  besieged.expect_good_end();
  EXPECT_GE(besieged.log().count(advice), 100);
  EXPECT_LT(besieged.log().count(advice), wrong_clients);
}

TEST(fault, a_browser_at_the_tcp_port_is_told_where_to_go) {
  besieged_server besieged;
  for (int count = 0; count < wrong_clients; ++count) {
    auto client = test_support::tcp_client{besieged.tcp_port()};
    client.send("GET / HTTP/1.1\r\nHost: h\r\nUser-Agent: Mozilla/5.0\r\n\r\n");
    EXPECT_EQ(client.receive_frame(), "E_BAD_PROTOCOL");
    client.finish_sending();
    EXPECT_EQ(client.receive_to_end(), "");
  }
  constexpr auto advice = "speaks HTTP to the TCP port: point it at the HTTP port";
  EXPECT_TRUE(besieged.log().wait_for(advice));
  besieged.expect_recovery({.most_mib = 4, .left_mib = 4, .log_lines = 5 * wrong_clients + 20});
  besieged.expect_good_end();
  EXPECT_GE(besieged.log().count(advice), 100);
  EXPECT_LT(besieged.log().count(advice), wrong_clients);
}

}  // namespace
}  // namespace nsqlookupd::e2e
