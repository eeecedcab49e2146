// SPDX-License-Identifier: MIT
#include "server_process.hpp"
#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::e2e {
namespace {

std::string address_of(server_process const& server) {
  return "127.0.0.1:" + std::to_string(server.http_port());
}

TEST(healthcheck, of_a_server_that_answers_is_silent_and_good) {
  server_process server;
  auto const ended = run_server({"healthcheck", "-http-address=" + address_of(server)});
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.output + ended.error, "");
  EXPECT_EQ(server.stop(), 0);
}

TEST(healthcheck, takes_the_address_from_the_environment_as_the_server_does) {
  server_process server;
  auto const ended = run_server({"healthcheck"}, {"NSQLOOKUPD_HTTP_ADDRESS=" + address_of(server)});
  EXPECT_EQ(ended.status, 0) << ended.error;
  EXPECT_EQ(server.stop(), 0);
}

TEST(healthcheck, of_every_interface_asks_the_loopback_of_either_protocol) {
  for (auto const* host : {"127.0.0.1", "[::1]"}) {
    server_process server{{.flags = {"-http-address=" + std::string{host} + ":0"}}};
    auto const port = std::to_string(server.http_port());
    EXPECT_EQ(run_server({"healthcheck", "-http-address=0.0.0.0:" + port}).error, "") << host;
    EXPECT_EQ(run_server({"healthcheck", "-http-address=:" + port}).status, 0) << host;
  }
}

TEST(healthcheck, of_a_server_that_is_gone_says_so_in_one_line) {
  server_process server;
  auto const address = address_of(server);
  EXPECT_EQ(server.stop(), 0);
  auto const ended = run_server({"healthcheck", "-http-address=" + address});
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.error,
            "healthcheck of http://" + address + "/ping failed - Connection refused\n");
}

TEST(healthcheck, asks_for_the_path_that_is_named) {
  server_process server;
  auto const flag = "-http-address=" + address_of(server);
  EXPECT_EQ(run_server({"healthcheck", "/readyz", flag}).status, 0);
  EXPECT_EQ(run_server({"healthcheck", flag, "readyz"}).status, 0);
  auto const unknown = run_server({"healthcheck", "nosuch", flag});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_EQ(unknown.error, "healthcheck of http://" + address_of(server) +
                               "/nosuch failed - it answers HTTP/1.0 404 Not Found\n");
  EXPECT_EQ(server.stop(), 0);
}

TEST(healthcheck, with_a_bad_flag_is_a_flag_error) {
  EXPECT_EQ(run_server({"healthcheck", "-nope"}).status, 2);
}

}  // namespace
}  // namespace nsqlookupd::e2e
