// SPDX-License-Identifier: MIT
//
// As many connections as descriptors allow, and more.
#include "besieged_server.hpp"
#include "eventually.hpp"
#include "many_descriptors.hpp"
#include "process_memory.hpp"
#include "sanitized.hpp"
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;
using test_support::lookup_client;
using test_support::tcp_client;

// Descriptors for the server itself and for probes over HTTP.
constexpr std::size_t reserved = 80;

constexpr std::size_t probes = 8;

constexpr auto complaint = "ERROR: TCP: cannot accept clients - there are as many as";
constexpr auto no_descriptors = "ERROR: TCP: cannot accept clients - Too many open files";
constexpr auto relief = "INFO: TCP: accepting clients again";

// The server's limit: 19,080, or what leaves this process enough to reach it.
std::size_t server_limit() {
  return clients_up_to(19'000 + reserved);
}

std::chrono::milliseconds cpu_time_of(pid_t process) {
  clockid_t clock{};
  timespec used{};
  EXPECT_EQ(::clock_getcpuclockid(process, &clock), 0);
  EXPECT_EQ(::clock_gettime(clock, &used), 0);
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec});
}

// Waits until so many connections are accepted.
void wait_for_connections(besieged_server const& besieged, std::size_t count) {
  EXPECT_TRUE(eventually(
      [&] { return besieged.metric("nsqlookupd_tcp_connections") >= static_cast<double>(count); }));
}

TEST(fault, idle_connections_may_be_as_many_as_descriptors_allow) {
  auto const limit = server_limit();
  auto const capacity = limit - reserved;
  besieged_server besieged{{.flags = {"-handshake-timeout=5m"}, .descriptor_limit = limit}};
  std::vector<tcp_client> idle;
  idle.reserve(capacity);
  // The bystander is one of them, and the probes over HTTP count, too.
  while (idle.size() + 1 + probes < capacity) {
    auto const from = "127.0.1." + std::to_string(1 + idle.size() / 4'000);
    idle.emplace_back(besieged.tcp_port(), "127.0.0.1", 0, from);
  }
  wait_for_connections(besieged, capacity - probes);
  besieged.expect_service();
  EXPECT_EQ(besieged.log().count(complaint), 0);

  std::vector<lookup_client> waiting;
  for (int count = 0; count < 50; ++count) {
    waiting.push_back(besieged.client());
    waiting.back().send("PING\n");
  }
  EXPECT_TRUE(besieged.log().wait_for(complaint));
  besieged.expect_service();
  EXPECT_FALSE(waiting.back().is_readable());

  idle.clear();
  for (auto& client : waiting) {
    EXPECT_EQ(client.receive_frame(), "OK");
  }
  EXPECT_TRUE(besieged.log().wait_for(relief));
  // A probe that ends makes room for one.
  EXPECT_LE(besieged.log().count(complaint), probes);
  waiting.clear();
  besieged.expect_recovery({.most_mib = 64, .left_mib = 48, .log_lines = 6 * capacity});
  besieged.expect_good_end();
}

// nsqd gives up after a second.
TEST(fault, idle_http_clients_do_not_use_up_the_descriptors_of_producers) {
  server_process server{{.descriptor_limit = 64}};
  std::vector<tcp_client> idle;
  for (int count = 0; count < 80; ++count) {
    idle.emplace_back(server.http_port());
  }
  server.lines_through("ERROR: HTTP: cannot accept clients - there are as many as");
  auto const began = std::chrono::steady_clock::now();
  auto nsqd = server.lookup_client();
  nsqd.identify();
  EXPECT_EQ(nsqd.command("REGISTER t"), "OK");
  auto const waited = std::chrono::steady_clock::now() - began;
  EXPECT_LT(waited, std::chrono::seconds{test_support::amount(1, 10)});
  EXPECT_EQ(nsqd.command("PING"), "OK");
  idle.clear();
  EXPECT_EQ(server.http_client().get("/topics").body, R"({"topics":["t"]})");
  EXPECT_EQ(server.stop(), 0);
}

TEST(fault, producers_do_not_use_up_the_descriptors_of_probes) {
  server_process server{{.descriptor_limit = 64}};
  std::vector<lookup_client> producers;
  for (int count = 0; count < 80; ++count) {
    producers.push_back(server.lookup_client());
  }
  server.lines_through("ERROR: TCP: cannot accept clients - there are as many as");
  EXPECT_TRUE(server.answers());
  EXPECT_NE(server.http_client().get("/metrics").body.find("\nprocess_open_fds "),
            std::string::npos);
  EXPECT_EQ(server.stop(), 0);
}

TEST(fault, descriptors_that_run_out_are_waited_for_without_spinning) {
  besieged_server besieged{{.flags = {"-handshake-timeout=1s"}}};
  auto const process = besieged.server().process().id();
  auto probe = besieged.http_client();
  EXPECT_EQ(probe.get("/ping").body, "OK");
  tcp_client silent{besieged.tcp_port()};
  // Fewer than it counted on.
  rlimit before{};
  ASSERT_EQ(::prlimit(process, RLIMIT_NOFILE, nullptr, &before), 0);
  rlimit const few{200, before.rlim_max};
  ASSERT_EQ(::prlimit(process, RLIMIT_NOFILE, &few, nullptr), 0);
  std::vector<lookup_client> clients;
  for (int count = 0; count < 400; ++count) {
    clients.push_back(besieged.client());
    clients.back().send("PING\n");
  }
  EXPECT_TRUE(besieged.log().wait_for(no_descriptors));
  EXPECT_EQ(probe.get("/ping").body, "OK");

  // Until this one's time is up there is nothing to do but to wait for descriptors.
  auto const cpu_before = cpu_time_of(process);
  auto const began = std::chrono::steady_clock::now();
  EXPECT_EQ(silent.receive_to_end(), "");
  auto const waited = std::chrono::steady_clock::now() - began;
  EXPECT_LT((cpu_time_of(process) - cpu_before) * 2, waited);

  ASSERT_EQ(::prlimit(process, RLIMIT_NOFILE, &before, nullptr), 0);
  for (auto& client : clients) {
    EXPECT_EQ(client.receive_frame(), "OK");
  }
  EXPECT_TRUE(besieged.log().wait_for(relief));
  EXPECT_EQ(besieged.log().count(no_descriptors), 1);
  clients.clear();
  besieged.expect_recovery({.most_mib = 8, .left_mib = 8, .log_lines = 400 * 6 + 20});
  besieged.expect_good_end();
}

}  // namespace
}  // namespace nsqlookupd::e2e
