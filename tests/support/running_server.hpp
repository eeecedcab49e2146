// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/options.hpp>
#include <nsqlookupd/daemon/daemon.hpp>

#include "manual_clock.hpp"

#include <cstdint>
#include <future>
#include <memory>
#include <thread>

namespace nsqlookupd::test_support {

/// The defaults, but on 127.0.0.1 with ports that the system chooses.
[[nodiscard]] config::options loopback_options();

/// A daemon in this process, with a wall clock that the test advances.
class running_server {
 public:
  /// Runs at once.
  explicit running_server(config::options const& settings = loopback_options());
  /// Listens, but serves nobody before start().
  struct not_yet {};
  running_server(config::options const& settings, not_yet);
  running_server(running_server const&) = delete;
  running_server& operator=(running_server const&) = delete;
  /// Stops it and waits for its end; ends the process if that takes longer than 30 s.
  ~running_server();

  void start();

  /// Tells it to stop.
  void stop() { daemon_->stop(); }

  /// Waits for the end of run() and throws what it threw; std::runtime_error after 30 s.
  void wait_for_end();

  [[nodiscard]] std::uint16_t tcp_port() const { return daemon_->ports().tcp; }
  [[nodiscard]] std::uint16_t http_port() const { return daemon_->ports().http; }
  [[nodiscard]] std::uint16_t tcp_tls_port() const { return daemon_->ports().tcp_tls; }
  [[nodiscard]] std::uint16_t https_port() const { return daemon_->ports().https; }

  /// The server's clock.
  manual_clock clock;

 private:
  std::unique_ptr<daemon> daemon_;
  std::future<void> end_;
  std::thread thread_;
};

}  // namespace nsqlookupd::test_support
