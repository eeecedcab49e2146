// SPDX-License-Identifier: MIT
//
// Clients that pipeline a million commands and read no reply.
#include "besieged_server.hpp"
#include "repeat.hpp"
#include "sanitized.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::frame;
using test_support::http_client;
using test_support::lookup_client;
using test_support::repeat;

constexpr int small_window = 4096;
// As many as the kernel holds, and many more.
constexpr std::size_t commands = test_support::amount(1'000'000, 600'000);
// Far more than the kernel holds between two sockets.
constexpr std::size_t far_too_much = 200'000'000;

TEST(fault, replies_that_are_not_read_are_waited_with_and_none_is_lost) {
  besieged_server besieged;
  lookup_client client{besieged.tcp_port(), "127.0.0.1", small_window};
  std::jthread const sender{[&] { client.send(repeat("PING\n", commands)); }};
  std::vector<lookup_client> stuck;
  for (int count = 0; count < 10; ++count) {
    stuck.emplace_back(besieged.tcp_port(), "127.0.0.1", small_window);
    EXPECT_GT(stuck.back().send_until_stuck(repeat("PING\n", 10'000), far_too_much), 0);
  }
  besieged.expect_service();
  client.widen_buffer();
  EXPECT_TRUE(client.receive(commands * frame("OK").size()) == repeat(frame("OK"), commands));
  stuck.clear();
  besieged.expect_recovery({.most_mib = 16, .left_mib = 8, .log_lines = 200});
  besieged.expect_good_end();
}

TEST(fault, clients_that_never_read_are_cut) {
  besieged_server besieged{{.flags = {"-write-timeout=1s", "-access-log=off"}}};
  lookup_client producer{besieged.tcp_port(), "127.0.0.1", small_window};
  producer.identify();
  EXPECT_EQ(producer.command("REGISTER never-reads c"), "OK");
  http_client consumer{besieged.http_port(), "127.0.0.1", small_window};
  auto const send_until_cut = [](auto const& client, std::string const& requests) {
    EXPECT_THROW(client.send(requests), std::system_error);
  };
  {
    std::jthread const first{
        [&] { send_until_cut(producer, repeat("REGISTER never-reads c\n", 10 * commands)); }};
    std::jthread const second{[&] {
      send_until_cut(consumer, repeat("GET /ping HTTP/1.1\r\nHost: h\r\n\r\n", 6 * commands));
    }};
    besieged.expect_service();
    EXPECT_TRUE(besieged.log().wait_for("client(" + producer.name() +
                                        ") - reply not taken within -write-timeout=1s"));
  }
  EXPECT_EQ(besieged.http_client().get("/lookup?topic=never-reads").body,
            R"({"channels":["c"],"producers":[]})");
  besieged.expect_recovery({.most_mib = 16, .left_mib = 8, .log_lines = 100});
  besieged.expect_good_end();
}

}  // namespace
}  // namespace nsqlookupd::e2e
