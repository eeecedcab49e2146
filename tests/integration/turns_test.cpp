// SPDX-License-Identifier: MIT
#include <nsqlookupd/net/task.hpp>
#include <nsqlookupd/net/turns.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <string>
#include <vector>

namespace nsqlookupd::net {
namespace {

namespace asio = boost::asio;
using texts = std::vector<std::string>;

void rethrow(std::exception_ptr const& failure) {
  if (failure) {
    std::rethrow_exception(failure);
  }
}

task<void> busy_session(turn_queue& turns, std::string name, int count, texts& seen) {
  for (int number = 0; number < count; ++number) {
    co_await turns.wait();
    seen.push_back(name);
  }
}

TEST(turn_queue, goes_on_in_the_order_in_which_sessions_came) {
  asio::io_context io;
  turn_queue turns{io, 1};
  texts seen;
  for (auto const* const name : {"a", "b", "c"}) {
    asio::co_spawn(io, busy_session(turns, name, 2, seen), rethrow);
  }
  io.run();
  EXPECT_EQ(seen, (texts{"a", "b", "c", "a", "b", "c"}));
}

// A handler that is ready when a turn ends comes before the next turn, however many sessions wait.
task<void> session_with_input(turn_queue& turns, asio::io_context& io, texts& seen) {
  co_await turns.wait();
  seen.emplace_back("turn");
  asio::post(io, [&seen] { seen.emplace_back("input"); });
}

TEST(turn_queue, lets_new_input_be_served_between_two_turns) {
  asio::io_context io;
  turn_queue turns{io, 1};
  texts seen;
  for (int count = 0; count < 3; ++count) {
    asio::co_spawn(io, session_with_input(turns, io, seen), rethrow);
  }
  io.run();
  // The first input stands behind the second turn, which had been posted before it.
  EXPECT_EQ(seen, (texts{"turn", "turn", "input", "turn", "input", "input"}));
}

TEST(turn_queue, is_used_again_after_it_was_empty) {
  asio::io_context io;
  turn_queue turns{io, 2};
  texts seen;
  asio::co_spawn(io, busy_session(turns, "a", 1, seen), rethrow);
  io.run();
  io.restart();
  asio::co_spawn(io, busy_session(turns, "b", 1, seen), rethrow);
  io.run();
  EXPECT_EQ(seen, (texts{"a", "b"}));
}

TEST(turn_queue, may_end_with_sessions_that_wait) {
  asio::io_context io;
  turn_queue turns{io, 1};
  texts seen;
  asio::co_spawn(io, busy_session(turns, "a", 1, seen), rethrow);
  io.run_one();
  EXPECT_EQ(seen, texts{});
}

TEST(turn, is_over_when_its_time_has_passed) {
  auto const before = turn::clock::now();
  auto const full = turn::full();
  EXPECT_FALSE(full.is_over(before + std::chrono::microseconds{400}));
  EXPECT_TRUE(full.is_over(turn::clock::now() + std::chrono::microseconds{500}));
}

TEST(turn, that_is_a_sessions_first_is_short) {
  asio::io_context io;
  turn_queue const turns{io, 1};
  auto const before = turn::clock::now();
  auto const first = turns.first_turn();
  EXPECT_FALSE(first.is_over(before));
  EXPECT_TRUE(first.is_over(turn::clock::now() + std::chrono::microseconds{200}));
}

task<void> session_that_looks(turn_queue& turns, std::vector<bool>& shares) {
  co_await turns.wait();
  // Two milliseconds from now the round is over, as long as anybody waits.
  auto const later = turn::clock::now() + std::chrono::milliseconds{2};
  while (turn::clock::now() < later) {
  }
  shares.push_back(turns.first_turn().is_over());
}

// Sessions whose input came at the same time share a round from the first on that has to wait.
TEST(turn, that_is_a_sessions_first_ends_with_the_round_once_one_waits) {
  asio::io_context io;
  turn_queue turns{io, 1};
  texts seen;
  asio::co_spawn(io, busy_session(turns, "a", 1, seen), rethrow);
  io.run_one();
  auto const later = turn::clock::now() + std::chrono::milliseconds{2};
  while (turn::clock::now() < later) {
  }
  EXPECT_EQ(seen, texts{});
  EXPECT_TRUE(turns.first_turn().is_over());
}

TEST(turn, that_is_a_sessions_first_is_none_when_the_round_is_over) {
  asio::io_context io;
  turn_queue turns{io, 1};
  std::vector<bool> shares;
  asio::co_spawn(io, session_that_looks(turns, shares), rethrow);
  io.run();
  EXPECT_EQ(shares, std::vector{true});
  EXPECT_FALSE(turns.first_turn().is_over());
}

}  // namespace
}  // namespace nsqlookupd::net
