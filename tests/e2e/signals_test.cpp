// SPDX-License-Identifier: MIT
//
// Signals that are sent out of habit, and too many of those that mean something.
#include "server_process.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <system_error>

namespace nsqlookupd::e2e {
namespace {

// Those that stop or replace the process, by request or because something is wrong with it.
constexpr std::array meaningful = {SIGINT,  SIGQUIT, SIGILL,  SIGTRAP, SIGABRT,
                                   SIGBUS,  SIGFPE,  SIGKILL, SIGSEGV, SIGTERM,
                                   SIGSTOP, SIGTSTP, SIGXCPU, SIGSYS,  SIGUSR2};

constexpr int last_signal = 64;

TEST(signals, without_a_meaning_change_nothing) {
  server_process server;
  auto producer = server.lookup_client();
  producer.identify();
  EXPECT_EQ(producer.command("REGISTER t"), "OK");
  for (int signal = 1; signal <= last_signal; ++signal) {
    if (std::ranges::find(meaningful, signal) == meaningful.end()) {
      server.process().send(signal);
      EXPECT_EQ(producer.command("PING"), "OK") << signal;
    }
  }
  EXPECT_EQ(server.http_client().get("/topics").body, R"({"topics":["t"]})");
  EXPECT_EQ(server.stop(), 0);
}

TEST(signals, that_come_without_end_do_not_change_how_the_server_ends) {
  for (int const signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR2}) {
    server_process server;
    server.process().send(SIGTERM);
    // Until it is gone, it is there to be sent one more.
    for (bool ends = false; !ends;) {
      server.process().send(signal);
      ends = server.process().has_ended();
    }
    EXPECT_EQ(server.wait_for_stop(), 0);
  }
}

}  // namespace
}  // namespace nsqlookupd::e2e
