// SPDX-License-Identifier: MIT
#include "ping_thread.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string>
#include <utility>

namespace bench {
namespace {

namespace asio = boost::asio;

constexpr std::size_t own_number = 1'000'000;
constexpr std::chrono::milliseconds pause{1};

}  // namespace

ping_thread::ping_thread(target const& server) {
  run(identify_itself(server));
  if (failure_) {
    std::rethrow_exception(failure_);
  }
  // Not by the thread: a stop() that comes first would be forgotten.
  io_.restart();
  thread_ = std::jthread{[this] { run(keep_pinging()); }};
}

std::vector<std::chrono::nanoseconds> ping_thread::stop() {
  io_.stop();
  thread_.join();
  if (failure_) {
    std::rethrow_exception(failure_);
  }
  if (sent_ != clock::time_point{}) {
    took_.push_back(clock::now() - sent_);
  }
  return std::move(took_);
}

asio::awaitable<void> ping_thread::identify_itself(target server) {
  auto const hello = identify(own_number);
  co_await producer_.connect(server.tcp);
  co_await producer_.send(hello);
  co_await producer_.read_frames(1);
}

asio::awaitable<void> ping_thread::keep_pinging() {
  asio::steady_timer timer{io_};
  while (true) {
    sent_ = clock::now();
    co_await producer_.send("PING\n");
    co_await producer_.read_frames(1);
    took_.push_back(clock::now() - std::exchange(sent_, {}));
    ++answered_;
    timer.expires_after(pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

void ping_thread::run(asio::awaitable<void> work) {
  asio::co_spawn(io_, std::move(work),
                 [this](std::exception_ptr failure) { failure_ = std::move(failure); });
  io_.run();
}

}  // namespace bench
