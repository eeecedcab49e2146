// SPDX-License-Identifier: MIT
//
// Signals that come while a program takes over, and SIGUSR2 when it is too late for it.
#include "repeated_action.hpp"
#include "replaceable_server.hpp"
#include "sanitized.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <system_error>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using std::chrono::steady_clock;

constexpr int rounds = test_support::amount(20, 5);

TEST(signals_and_handover, that_mean_nothing_do_not_end_the_process_meanwhile) {
  replaceable_server server;
  auto producer = server.producer("10.0.0.1", {"t"});
  repeated_action signals{[&] {
    for (int const signal : {SIGHUP, SIGUSR1, SIGALRM, SIGPIPE, SIGIO, SIGRTMIN, SIGRTMAX}) {
      server.running().process().send(signal);
    }
  }};
  for (int round = 0; round < rounds; ++round) {
    server.hand_over();
    EXPECT_EQ(producer.command("PING"), "OK");
  }
  signals.end();
  EXPECT_EQ(server.stop(), 0);
}

TEST(signals_and_handover, that_ask_for_many_give_one_after_another) {
  replaceable_server server;
  auto producer = server.producer("10.0.0.1", {"t"});
  repeated_action signals{[&] {
    for (int count = 0; count < 100; ++count) {
      server.running().process().send(SIGUSR2);
    }
    EXPECT_EQ(producer.command("PING"), "OK");
  }};
  signals.wait_for(50);
  signals.end();
  server.hand_over();
  EXPECT_EQ(producer.command("PING"), "OK");
  EXPECT_EQ(server.log().count("cannot take over"), 0U);
  EXPECT_EQ(server.stop(), 0);
}

// At any moment of it.
TEST(signals_and_handover, that_ask_for_the_end_are_heeded) {
  constexpr int moments = test_support::amount(60, 12);
  replaceable_server first;
  auto const began = steady_clock::now();
  first.hand_over();
  auto const whole = steady_clock::now() - began;
  for (int moment = 0; moment < moments; ++moment) {
    replaceable_server server;
    auto producer = server.producer("10.0.0.1", {"t"});
    auto const until = steady_clock::now() + whole * moment / moments;
    server.running().process().send(SIGUSR2);
    while (steady_clock::now() < until) {
      EXPECT_EQ(producer.command("PING"), "OK");
    }
    server.running().process().send(moment % 2 == 0 ? SIGTERM : SIGINT);
    EXPECT_EQ(server.wait_for_stop(), 0) << "moment " << moment;
  }
}

TEST(signals_and_handover, sigusr2_is_ignored_while_the_server_drains) {
  replaceable_server server{{.flags = {"-drain-timeout=1h"}}};
  auto producer = server.producer("10.0.0.1", {"t"});
  server.running().process().send(SIGTERM);
  EXPECT_TRUE(server.log().wait_for("draining: "));
  server.running().process().send(SIGUSR2);
  // It would have taken over by then: this one is answered in the order of the signals.
  server.running().process().send(SIGHUP);
  EXPECT_TRUE(server.log().wait_for("SIGHUP: "));
  EXPECT_EQ(producer.command("PING"), "OK");
  EXPECT_EQ(server.http_client().get("/readyz").status(), 503);
  EXPECT_EQ(server.stop(), 0) << "the second signal";
  EXPECT_EQ(server.log().count("HANDOVER"), 0U);
}

TEST(signals_and_handover, sighup_re_reads_files_after_it_and_replaces_nothing) {
  replaceable_server server;
  server.hand_over();
  server.program().put_script("exit 1");
  auto const from = server.log().line_count();
  server.running().process().send(SIGHUP);
  auto const lines = server.log().lines_through({"SIGHUP: there is nothing to re-read"}, from);
  EXPECT_EQ(server.log().count("cannot take over"), 0U);
  EXPECT_TRUE(server.running().answers());
}

}  // namespace
}  // namespace nsqlookupd::e2e
