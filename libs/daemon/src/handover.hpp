// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/daemon/handover.hpp>

#include "handover_state.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <string>

namespace nsqlookupd {

/// How the server hands over to the file that is at its path now (docs/ARCHITECTURE.md, "Handing
/// over"): on SIGUSR2 it lets the next program try its state, lets what is in progress come to an
/// end, and executes it, while all connections stay open. When that is not possible it goes on.
class handover {
 public:
  /// The server's part of it. Those that come `alone` are called while nothing else runs, the
  /// others on the executor.
  struct steps {
    /// False while the server stops.
    std::function<bool()> may_begin;
    std::function<void()> announce;
    /// Nothing is to take long any more: requests and streams that wait end, and the disk rests.
    std::function<void()> come_to_rest;
    /// Alone: whether nothing is in progress, or comes to an end within this time.
    std::function<bool(std::chrono::milliseconds)> is_at_rest;
    /// Alone: the state. `is_last`: connections that cannot go on are closed.
    std::function<handover_state(bool is_last)> save;
    /// The next program did not take over: clients are served on, also while the server drains.
    std::function<void()> go_on;
  };

  /// Hears the signal from now on. `executor`: one strand of `io`. Without a program to hand over
  /// to, nothing is done.
  handover(boost::asio::io_context& io, boost::asio::any_io_executor const& executor, program self,
           steps on_the_way);

  /// Waits for signals, and hands over. On the executor.
  boost::asio::awaitable<void> run();

  /// To be called when the io_context was stopped and no thread runs it: does what is to be done
  /// alone. True when the io_context is to be run again.
  [[nodiscard]] bool act_alone();

 private:
  boost::asio::awaitable<std::string> attempt();
  boost::asio::awaitable<void> alone(std::function<void()> act);
  [[nodiscard]] std::string take_over();

  boost::asio::io_context& io_;
  program const self_;
  steps const steps_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer timer_;
  std::function<void()> act_;
  std::exception_ptr failure_;
};

}  // namespace nsqlookupd
