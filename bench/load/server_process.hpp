// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/ip/tcp.hpp>

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

/// An nsqlookupd that was started for a measurement, on loopback. Killed at the end.
class server_process {
 public:
  /// Waits until it accepts on both ports. `environment` is added to ours; what the server logs
  /// goes to the file `log`. Throws std::runtime_error, one line, when it cannot be started or ends
  /// early.
  server_process(std::string const& binary, std::vector<std::string> flags,
                 std::map<std::string, std::string> const& environment, std::string const& log);
  server_process(server_process const&) = delete;
  server_process& operator=(server_process const&) = delete;
  ~server_process();

  [[nodiscard]] target where() const noexcept { return target_; }

 private:
  void wait_until_ready(std::string const& binary);

  target target_;
};

}  // namespace bench
