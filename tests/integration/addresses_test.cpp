// SPDX-License-Identifier: MIT
//
// Where the server listens, and how peers are printed.
#include "captured_log.hpp"
#include "error_of.hpp"
#include "eventually.hpp"
#include "http_client.hpp"
#include "lookup_client.hpp"
#include "running_server.hpp"
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace nsqlookupd {
namespace {

using namespace test_support;

config::options listening_on(std::string const& host) {
  auto settings = loopback_options();
  settings.tcp_address = host + ":0";
  settings.http_address = host + ":0";
  return settings;
}

void expect_found(running_server const& server, std::string const& host) {
  lookup_client producer{server.tcp_port(), host};
  producer.identify();
  EXPECT_EQ(producer.command("REGISTER t1"), "OK");
  http_client client{server.http_port(), host};
  EXPECT_EQ(client.get("/lookup?topic=t1").body,
            R"({"channels":[],"producers":[)" + producer.as_producer() + "]}");
  producer.reset();
  EXPECT_TRUE(eventually([&] { return client.get("/nodes").body == R"({"producers":[]})"; }));
}

TEST(addresses, of_every_interface_mean_ipv4_and_ipv6) {
  for (std::string const host : {"0.0.0.0", "", "[::]"}) {
    running_server const server{listening_on(host)};
    expect_found(server, "127.0.0.1");
    expect_found(server, "::1");
  }
}

TEST(addresses, may_be_ipv6) {
  captured_log const log;
  running_server const server{listening_on("[::1]")};
  EXPECT_TRUE(log.wait_for("INFO: TCP: listening on [::1]:" + std::to_string(server.tcp_port())));
  expect_found(server, "::1");
  EXPECT_THROW(tcp_client{server.tcp_port()}, std::runtime_error);
}

// A root that was just made by debootstrap has no /etc/hosts; CMake looks.
#ifdef MACHINE_KNOWS_LOCALHOST
TEST(addresses, may_be_names) {
  running_server const server{listening_on("localhost")};
  expect_found(server, "127.0.0.1");
}
#endif

std::string failure_of(config::options const& settings) {
  return error_of([&] { daemon const server{settings}; });
}

TEST(addresses, in_use_are_named) {
  running_server const server;
  auto tcp_taken = loopback_options();
  tcp_taken.tcp_address = "127.0.0.1:" + std::to_string(server.tcp_port());
  EXPECT_EQ(failure_of(tcp_taken), "listen (" + tcp_taken.tcp_address +
                                       ") failed - Address already in use (-tcp-address)");
  auto http_taken = loopback_options();
  http_taken.http_address = "127.0.0.1:" + std::to_string(server.http_port());
  EXPECT_EQ(failure_of(http_taken), "listen (" + http_taken.http_address +
                                        ") failed - Address already in use (-http-address)");
}

TEST(addresses, that_are_none_are_named) {
  auto settings = loopback_options();
  settings.tcp_address = "127.0.0.1";
  EXPECT_EQ(
      failure_of(settings),
      "listen (127.0.0.1) failed - address 127.0.0.1: missing port in address (-tcp-address)");
  settings.tcp_address = "no-such-host.invalid:0";
  EXPECT_TRUE(failure_of(settings).starts_with("listen (no-such-host.invalid:0) failed - "));
}

}  // namespace
}  // namespace nsqlookupd
