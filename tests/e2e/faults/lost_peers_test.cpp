// SPDX-License-Identifier: MIT
//
// Clients that are killed by the thousand, and peers that vanish without a word.
#include "besieged_server.hpp"
#include "eventually.hpp"
#include "sanitized.hpp"
#include "silenced_peer.hpp"
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;
using test_support::eventually;
using test_support::lookup_client;

constexpr auto nobody = R"({"channels":["c"],"producers":[]})";

std::vector<lookup_client> register_producers(besieged_server const& besieged, std::size_t count) {
  std::vector<lookup_client> producers;
  for (std::size_t number = 0; number < count; ++number) {
    producers.push_back(besieged.client());
    producers.back().identify();
    EXPECT_EQ(producers.back().command("REGISTER lost c"), "OK");
  }
  return producers;
}

// A process that holds the connections which this one is about to let go of.
pid_t fork_holder() {
  auto const parent = ::getpid();
  auto const id = ::fork();
  if (id == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (::getppid() == parent) {
      ::pause();
    }
    ::_exit(0);
  }
  return id;
}

TEST(fault, clients_that_are_killed_by_the_thousand_leave_nothing_behind) {
  constexpr int processes = test_support::amount(20, 5);
  constexpr std::size_t connections = 100;
  besieged_server besieged;
  std::vector<pid_t> holders;
  for (int number = 0; number < processes; ++number) {
    auto const producers = register_producers(besieged, connections);
    holders.push_back(fork_holder());
    ASSERT_GT(holders.back(), 0);
  }
  EXPECT_EQ(besieged.metric("nsqlookupd_producers"), processes * connections + 1);
  for (auto const holder : holders) {
    ::kill(holder, SIGKILL);
    ::waitpid(holder, nullptr, 0);
  }
  auto http = besieged.http_client();
  EXPECT_TRUE(eventually([&] { return http.get("/lookup?topic=lost").body == nobody; }));
  EXPECT_EQ(besieged.metric("nsqlookupd_producers"), 1);
  EXPECT_TRUE(eventually([&] { return besieged.metric("nsqlookupd_tcp_connections") == 1; }));
  besieged.expect_recovery(
      {.most_mib = 16, .left_mib = 8, .log_lines = 12 * processes * connections + 100'000});
  besieged.expect_good_end();
}

// In real time, as the limits are the kernel's; nobody works meanwhile.
TEST(fault, peers_that_vanish_without_a_word_are_gone_within_a_minute) {
  constexpr std::chrono::seconds minute{60};
  besieged_server besieged;
  auto silent = register_producers(besieged, 20);
  auto owed = register_producers(besieged, 20);
  auto const began = steady_clock::now();
  for (auto const& peer : silent) {
    stop_hearing(peer);
  }
  // These are sent a reply that they will never acknowledge.
  for (auto const& peer : owed) {
    stop_hearing(peer);
    peer.send("PING\n");
  }
  for (auto const* peers : {&silent, &owed}) {
    for (auto const& peer : *peers) {
      auto const left = minute - (steady_clock::now() - began);
      EXPECT_TRUE(
          besieged.log().wait_for("client(" + peer.name() + ") - Connection timed out",
                                  std::chrono::duration_cast<std::chrono::milliseconds>(left)));
    }
  }
  std::printf("[ measured ] gone after %.1f s\n",
              duration<double>(steady_clock::now() - began).count());
  EXPECT_EQ(besieged.http_client().get("/lookup?topic=lost").body, nobody);
  besieged.expect_recovery({.most_mib = 8, .left_mib = 8, .log_lines = 40 * 12 + 100});
  besieged.expect_good_end();
}

}  // namespace
}  // namespace nsqlookupd::e2e
