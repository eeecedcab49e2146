// SPDX-License-Identifier: MIT
//
// A session's wait for something else than its client, and all that ends it.
#include <nsqlookupd/net/client_memory.hpp>
#include <nsqlookupd/net/connection.hpp>
#include <nsqlookupd/net/connection_group.hpp>
#include <nsqlookupd/net/listener.hpp>
#include <nsqlookupd/net/saved_client.hpp>
#include <nsqlookupd/net/task.hpp>

#include "eventually.hpp"
#include "tcp_client.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace nsqlookupd::net {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using test_support::eventually;
using test_support::tcp_client;

class no_session final : public resumable {
 public:
  [[nodiscard]] bool is_idle() const override { return true; }
  [[nodiscard]] std::optional<saved_client> save() const override { return std::nullopt; }
  void end_tls() override {}
};

class interruptible_wait_test : public testing::Test {
 protected:
  interruptible_wait_test() {
    client_intake const intake{"TCP", [] { return true; }, io.get_executor(),
                               [this](accepted_client accepted) {
                                 session.emplace(std::move(accepted), nullptr, group, memory,
                                                 owner);
                               }};
    ours.stop(intake);
  }

  void spawn(task<void> waiting) {
    asio::co_spawn(io, std::move(waiting),
                   [](std::exception_ptr const& failure) { EXPECT_EQ(failure, nullptr); });
  }

  task<void> wait_at_most(std::chrono::nanoseconds how_long) {
    interruptible_wait own{session->wait_at_most(how_long)};
    current = &own;
    while (!own.is_over()) {
      co_await own.wait();
    }
    is_over = true;
  }

  task<void> wait_readable() {
    co_await session->wait_readable();
    is_over = true;
  }

  // Begins to wait, and lets a while pass.
  void begin(std::chrono::nanoseconds how_long = 1h) {
    spawn(wait_at_most(how_long));
    io.run_for(20ms);
    EXPECT_FALSE(is_over);
  }

  [[nodiscard]] bool ends() {
    return eventually([this] {
      io.restart();
      io.poll();
      return is_over;
    });
  }

  [[nodiscard]] std::string read() {
    std::array<char, 100> bytes{};
    boost::system::error_code error;
    auto const size = session->read_some(bytes, error);
    return {bytes.data(), size};
  }

  connection_group group{{}};
  client_memory memory{1'000'000, 0};
  asio::io_context io{4};
  listener ours{io.get_executor(), "127.0.0.1", 0};
  tcp_client client{ours.local_endpoint().port()};
  no_session owner;
  std::optional<connection> session;
  std::atomic<interruptible_wait*> current = nullptr;
  bool is_over = false;
};

TEST_F(interruptible_wait_test, is_over_when_interrupted) {
  begin();
  current.load()->interrupt();
  EXPECT_TRUE(ends());
}

TEST_F(interruptible_wait_test, is_over_when_its_time_has_passed) {
  begin(1ns);
  group.sweep();
  EXPECT_TRUE(ends());
}

TEST_F(interruptible_wait_test, is_over_for_a_few_at_a_time) {
  std::array<interruptible_wait, 3> const waits{
      session->wait_at_most(1ns), session->wait_at_most(1ns), session->wait_at_most(1ns)};
  EXPECT_TRUE(group.sweep(2));
  EXPECT_EQ(std::ranges::count_if(waits, &interruptible_wait::is_over), 2);
  EXPECT_FALSE(group.sweep(2));
}

TEST_F(interruptible_wait_test, goes_on_before_its_time_has_passed) {
  begin();
  group.sweep();
  io.run_for(20ms);
  EXPECT_FALSE(is_over);
}

TEST_F(interruptible_wait_test, is_over_when_the_client_leaves) {
  begin();
  client.finish_sending();
  EXPECT_TRUE(ends());
}

TEST_F(interruptible_wait_test, is_over_when_the_client_resets_the_connection) {
  begin();
  client.reset();
  EXPECT_TRUE(ends());
}

TEST_F(interruptible_wait_test, is_over_when_the_server_stops) {
  begin();
  group.stop_reading();
  EXPECT_TRUE(ends());
}

TEST_F(interruptible_wait_test, is_over_at_once_when_the_server_has_stopped) {
  group.stop_reading();
  spawn(wait_at_most(1h));
  EXPECT_TRUE(ends());
}

TEST_F(interruptible_wait_test, leaves_input_where_it_is) {
  client.send("before ");
  begin();
  client.send("meanwhile");
  io.run_for(20ms);
  EXPECT_FALSE(is_over);
  current.load()->interrupt();
  EXPECT_TRUE(ends());

  // Another wait is for input again.
  is_over = false;
  spawn(wait_readable());
  EXPECT_TRUE(ends());
  EXPECT_EQ(read(), "before meanwhile");
}

TEST_F(interruptible_wait_test, is_over_when_the_client_leaves_behind_its_input) {
  client.send("PING\n");
  begin();
  client.finish_sending();
  EXPECT_TRUE(ends());
  EXPECT_EQ(read(), "PING\n");
}

TEST_F(interruptible_wait_test, is_over_when_the_client_sends_more_than_the_system_holds) {
  begin();
  client.send(std::string(200'000, 'x'));
  EXPECT_TRUE(ends());
}

constexpr int many = 2'000;

task<void> wait_again_and_again(connection& session, std::atomic<interruptible_wait*>& current) {
  for (int count = 0; count < many; ++count) {
    interruptible_wait own{session.wait_at_most(1h)};
    current = &own;
    while (!own.is_over()) {
      co_await own.wait();
    }
  }
}

// However close it comes to the beginning of the wait, in another thread.
TEST_F(interruptible_wait_test, misses_no_interruption) {
  std::atomic<bool> is_done = false;
  asio::co_spawn(io, wait_again_and_again(*session, current),
                 [&](std::exception_ptr const&) { is_done = true; });
  std::jthread const one{[this] { io.run(); }};
  std::jthread const other{[this] { io.run(); }};
  EXPECT_TRUE(eventually([&] {
    if (auto* const wait = current.exchange(nullptr)) {
      wait->interrupt();
    }
    return is_done.load();
  }));
  io.stop();
}

}  // namespace
}  // namespace nsqlookupd::net
