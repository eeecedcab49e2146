// SPDX-License-Identifier: MIT
#pragma once

#include "client.hpp"
#include "figures.hpp"
#include "server_process.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace bench {

/// A producer that sends one PING after another, a millisecond apart, from a thread of its own: so
/// what this tool does besides is not taken for the server's.
class ping_thread {
 public:
  /// Returns when it has identified itself. Throws std::runtime_error when that fails.
  explicit ping_thread(target const& server);
  ping_thread(ping_thread const&) = delete;
  ping_thread& operator=(ping_thread const&) = delete;
  ~ping_thread() { io_.stop(); }

  /// How many PINGs were answered so far.
  [[nodiscard]] std::size_t answered() const noexcept { return answered_; }

  /// Stops, and returns how long each PING took; one that is not answered yet took until now.
  /// Throws std::runtime_error when the server has ended the connection.
  [[nodiscard]] std::vector<std::chrono::nanoseconds> stop();

 private:
  using clock = std::chrono::steady_clock;

  boost::asio::awaitable<void> identify_itself(target server);
  boost::asio::awaitable<void> keep_pinging();
  void run(boost::asio::awaitable<void> work);

  boost::asio::io_context io_{1};
  client producer_{io_};
  std::exception_ptr failure_;
  std::atomic<std::size_t> answered_ = 0;
  std::vector<std::chrono::nanoseconds> took_;
  // When the PING was sent that is not answered yet; the epoch when there is none.
  clock::time_point sent_{};
  std::jthread thread_;
};

}  // namespace bench
