// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace bench {

/// The server under load.
struct target {
  boost::asio::ip::tcp::endpoint tcp;
  boost::asio::ip::tcp::endpoint http;
  /// Zero when its figures are not to be had.
  int pid = 0;
};

/// How to start a server.
struct server_start {
  /// A path, or a name that is looked up in PATH.
  std::string binary;
  /// On top of -tcp-address and -http-address.
  std::vector<std::string> flags;
  /// On top of our own variables.
  std::map<std::string, std::string> environment;
  /// How long it may take until it listens.
  std::chrono::milliseconds patience{10'000};
};

/// An nsqlookupd that was started for a measurement, on loopback. Its output goes to a file that
/// has no name. It is killed at the end, and by the kernel should we die before.
class server_process {
 public:
  /// Returns when it accepts on both ports. Throws std::runtime_error, one line, when it cannot be
  /// started, ends early or does not listen in time.
  explicit server_process(server_start how);
  server_process(server_process const&) = delete;
  server_process& operator=(server_process const&) = delete;
  ~server_process() { kill(); }

  [[nodiscard]] target where() const noexcept { return target_; }

 private:
  /// False when its ports were taken by somebody else meanwhile.
  bool is_started(server_start const& how, bool is_last_attempt);
  void start(server_start const& how, int log);
  void wait_until_ready(server_start const& how, int log);
  void kill() noexcept;

  target target_;
};

}  // namespace bench
