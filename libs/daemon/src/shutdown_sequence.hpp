// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/net/connection_group.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>

namespace nsqlookupd {

/// How the server stops (docs/ARCHITECTURE.md, "Stopping"): it waits for SIGTERM, SIGINT or
/// request(), serves on for the drain time, closes the ports, lets the sessions end, cuts the rest,
/// and stops the io_context. A second signal stops that at once.
class shutdown_sequence {
 public:
  /// The server's part of the sequence; called on the executor.
  struct steps {
    /// Tells those who ask that it is about to stop.
    std::function<void()> announce;
    /// Closes the ports, after the sessions of the clients that had connected were started.
    std::function<void()> close_ports;
  };

  /// Hears the signals from now on: one that comes before run() is not lost.
  ///
  /// `executor`: one strand of `io`. `connections`: of all sessions. `drain_time`: 0 for none.
  shutdown_sequence(boost::asio::io_context& io, boost::asio::any_io_executor const& executor,
                    net::connection_group& connections, std::chrono::nanoseconds drain_time,
                    steps on_the_way);

  /// Begins the sequence as a signal does, also before run(). Any thread.
  void request();

  /// The whole sequence. On the executor; ends when the io_context is stopped.
  boost::asio::awaitable<void> run();

 private:
  boost::asio::awaitable<void> wait_until_empty(std::chrono::milliseconds limit);

  boost::asio::io_context& io_;
  net::connection_group& connections_;
  std::chrono::nanoseconds const drain_time_;
  steps const steps_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer timer_;
  bool is_requested_ = false;
};

}  // namespace nsqlookupd
