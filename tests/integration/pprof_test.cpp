// SPDX-License-Identifier: MIT
//
// Profiles over the wire: nobody else waits for one, and it ends with whoever asked for it.
#include "captured_log.hpp"
#include "eventually.hpp"
#include "http_client.hpp"
#include "running_server.hpp"
#include "sanitized.hpp"
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd {
namespace {

using namespace test_support;

constexpr auto long_profile = "GET /debug/pprof/profile?seconds=300 HTTP/1.1\r\nHost: h\r\n\r\n";

class pprof_over_the_wire : public testing::Test {
 protected:
  // The profile has begun when this returns: the first request is served first, on connections that
  // the server has both accepted.
  http_client begin_profile() {
    http_client client{server.http_port()};
    EXPECT_EQ(client.get("/ping").body, "OK");
    client.send(long_profile);
    EXPECT_EQ(other.get("/ping").body, "OK");
    return client;
  }

  captured_log log;
  running_server server;
  http_client other{server.http_port()};
};

TEST_F(pprof_over_the_wire, a_profile_lasts_as_long_as_was_asked_for) {
  for (int count = 0; count < 2; ++count) {
    auto const reply = other.get("/debug/pprof/profile?seconds=1");
    EXPECT_EQ(reply.status(), 200);
    EXPECT_EQ(reply.field("Content-Type"), "application/octet-stream");
    EXPECT_NE(reply.body.find("[stack]"), std::string::npos);
  }
}

TEST_F(pprof_over_the_wire, others_are_served_while_a_profile_is_taken) {
  auto const profiling = begin_profile();
  EXPECT_EQ(other.get("/topics").body, R"({"topics":[]})");
  EXPECT_EQ(other.get("/debug/pprof/profile?seconds=1").status(), 409);
  EXPECT_FALSE(profiling.is_readable());
}

TEST_F(pprof_over_the_wire, a_profile_ends_when_its_client_leaves) {
  std::optional<http_client> profiling{begin_profile()};
  EXPECT_EQ(other.get("/debug/pprof/profile?seconds=1").status(), 409);
  profiling.reset();
  EXPECT_TRUE(
      eventually([&] { return other.get("/debug/pprof/profile?seconds=1").status() == 200; }));
}

TEST_F(pprof_over_the_wire, a_server_that_stops_hands_over_what_there_is) {
  auto profiling = begin_profile();
  server.stop();
  server.wait_for_end();
  auto const reply = profiling.receive_reply();
  EXPECT_EQ(reply.status(), 200);
  EXPECT_NE(reply.body.find("[stack]"), std::string::npos);
}

TEST_F(pprof_over_the_wire, a_profile_counts_no_time_that_was_waited) {
  constexpr int waited = amount(1, 5);
  other.get("/debug/pprof/profile?seconds=" + std::to_string(waited));
  auto const page = other.get("/metrics").body;
  constexpr std::string_view sum = "nsqlookupd_http_request_duration_seconds_sum ";
  auto const found = page.find(sum);
  ASSERT_NE(found, std::string::npos) << page;
  EXPECT_LT(std::stod(page.substr(found + sum.size())), waited);
}

TEST_F(pprof_over_the_wire, addresses_are_waited_for_where_the_client_asks_whether_to_send_them) {
  other.send(
      "POST /debug/pprof/symbol HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(other.receive_through("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  other.send("0x1");
  EXPECT_EQ(other.receive_reply().status(), 200);
}

}  // namespace
}  // namespace nsqlookupd
