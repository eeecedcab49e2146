// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/net/task.hpp>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace nsqlookupd::etcd {

using steady_clock = std::chrono::steady_clock;
using steady_timer =
    boost::asio::basic_waitable_timer<steady_clock, boost::asio::wait_traits<steady_clock>,
                                      net::session_executor>;

/// A host and a port: names, or an address and a number.
struct host_and_port {
  std::string host;
  std::string port;
};

/// Asks the system for the addresses of a host. The system cannot be stopped when it waits for its
/// name servers; this can. One thread.
class resolution {
 public:
  explicit resolution(net::session_executor const& executor);

  /// The addresses, at least one; timed_out of Asio's errors at `until`, operation_aborted after
  /// cancel(). Once in its life.
  [[nodiscard]] net::task<boost::system::result<std::vector<boost::asio::ip::tcp::endpoint>>> run(
      host_and_port of, steady_clock::time_point until);

  void cancel();

 private:
  // It may be outlived by the question that the system answers.
  struct state;

  std::shared_ptr<state> state_;
};

}  // namespace nsqlookupd::etcd
