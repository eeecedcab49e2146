// SPDX-License-Identifier: MIT
#include "shutdown_sequence.hpp"

#include "captured_log.hpp"
#include "failures.hpp"
#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;

class shutdown_steps : public testing::Test {
 protected:
  // Runs it to its end. Returns how long that took.
  std::chrono::nanoseconds run(shutdown_sequence& sequence) {
    auto const began = std::chrono::steady_clock::now();
    boost::asio::co_spawn(io, sequence.run(), logging_failures("stopping"));
    io.run();
    return std::chrono::steady_clock::now() - began;
  }

  std::vector<std::string> steps;
  boost::asio::io_context io;
  net::connection_group connections{{}};
  net::group_member connection;
  shutdown_sequence::steps on_the_way{[this] { steps.emplace_back("announce"); },
                                      [this] { steps.emplace_back("close"); }};
};

TEST_F(shutdown_steps, begin_by_a_request_before_it_runs) {
  shutdown_sequence sequence{io, io.get_executor(), connections, 0s, on_the_way};
  sequence.request();
  run(sequence);
  EXPECT_EQ(steps, (std::vector<std::string>{"announce", "close"}));
  EXPECT_TRUE(connections.stopping());
}

TEST_F(shutdown_steps, begin_by_a_signal_before_it_runs) {
  shutdown_sequence sequence{io, io.get_executor(), connections, 0s, on_the_way};
  std::raise(SIGTERM);
  run(sequence);
  EXPECT_EQ(steps, (std::vector<std::string>{"announce", "close"}));
}

TEST_F(shutdown_steps, serve_on_for_the_drain_time) {
  test_support::captured_log const log;
  shutdown_sequence sequence{io, io.get_executor(), connections, 50ms, on_the_way};
  sequence.request();
  EXPECT_GE(run(sequence), 50ms);
  EXPECT_TRUE(log.wait_for("INFO: draining: /readyz answers 503, serving on for 50ms"));
}

TEST_F(shutdown_steps, are_left_out_after_a_second_signal) {
  shutdown_sequence sequence{io, io.get_executor(), connections, 10min, on_the_way};
  std::raise(SIGINT);
  boost::asio::co_spawn(io, sequence.run(), logging_failures("stopping"));
  while (steps.empty()) {
    ASSERT_EQ(io.run_one(), 1U);
  }
  std::raise(SIGINT);
  io.run();
  EXPECT_EQ(steps, std::vector<std::string>{"announce"});
  EXPECT_FALSE(connections.stopping());
}

TEST_F(shutdown_steps, wait_for_connections_that_do_not_end_but_not_for_long) {
  connections.join(connection);
  shutdown_sequence sequence{io, io.get_executor(), connections, 0s, on_the_way};
  sequence.request();
  EXPECT_GE(run(sequence), 800ms);
  connections.leave(connection);
}

}  // namespace
}  // namespace nsqlookupd
