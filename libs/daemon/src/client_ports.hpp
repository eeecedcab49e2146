// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/options.hpp>
#include <nsqlookupd/daemon/connection_shares.hpp>
#include <nsqlookupd/daemon/daemon.hpp>
#include <nsqlookupd/daemon/supervision.hpp>
#include <nsqlookupd/net/listener.hpp>
#include <nsqlookupd/net/task.hpp>
#include <nsqlookupd/tls/stream.hpp>

#include "lasting_loops.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace nsqlookupd {

/// The ports that clients connect to: of TCP and of HTTP, and where the settings ask for it, of
/// both over TLS. Used on one executor, that of the listeners.
class client_ports {
 public:
  /// A client's session, from its start to its end. Any thread.
  using session = std::function<net::task<void>(net::accepted_client)>;

  /// The server that a client finds behind the ports.
  struct service {
    session tcp;
    session http;
    /// For a client on a TLS port; called only where there is one.
    std::function<std::unique_ptr<tls::stream>(int socket)> new_stream;
  };

  /// Listens on the addresses of `settings`, or on the sockets of `given`. Throws
  /// std::runtime_error with one line: `listen (ADDRESS) failed - REASON (FLAG)`.
  ///
  /// `io`: runs the sessions. `control`: runs the listeners. `shares`: counts the connections; must
  /// outlive `io`.
  client_ports(boost::asio::io_context& io, boost::asio::any_io_executor const& control,
               connection_shares& shares, config::options const& settings, supervision const& given,
               service to_clients);

  /// Any thread.
  [[nodiscard]] port_numbers const& numbers() const noexcept { return numbers_; }

  /// Says in the log where it listens.
  void log_addresses() const;

  /// Accepts clients until close(), by a loop for each port.
  void accept(lasting_loops& loops);

  /// Starts the sessions of the clients that have connected, and closes the ports.
  void close();

 private:
  struct port {
    net::listener listener;
    net::client_intake intake;
  };

  std::uint16_t open(net::client_kind kind, bool over_tls, std::string name,
                     net::listener listener);
  void start_session(net::client_kind kind, net::accepted_client accepted);

  boost::asio::io_context& io_;
  connection_shares& shares_;
  service const to_clients_;
  std::vector<port> ports_;
  port_numbers numbers_;
};

}  // namespace nsqlookupd
