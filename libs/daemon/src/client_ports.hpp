// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/options.hpp>
#include <nsqlookupd/daemon/connection_shares.hpp>
#include <nsqlookupd/daemon/daemon.hpp>
#include <nsqlookupd/daemon/supervision.hpp>
#include <nsqlookupd/net/listener.hpp>
#include <nsqlookupd/net/task.hpp>
#include <nsqlookupd/tls/stream.hpp>

#include "handover_state.hpp"
#include "lasting_loops.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd {

/// Listens on `address`, unless one of the sockets of `before` does: that is taken over then, and
/// its descriptor is -1 afterwards. `flag`: the one that names the address. Throws as client_ports.
[[nodiscard]] net::listener listen(boost::asio::any_io_executor const& executor,
                                   std::string_view flag, std::string const& address,
                                   std::vector<saved_listener>& before);

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

  /// Listens on the addresses of `settings`, or on the sockets of `given` and of `before`, which
  /// another program has handed over. Throws std::runtime_error with one line: `listen (ADDRESS)
  /// failed - REASON (FLAG)`.
  ///
  /// `io`: runs the sessions. `control`: runs the listeners. `shares`: counts the connections; must
  /// outlive `io`.
  client_ports(boost::asio::io_context& io, boost::asio::any_io_executor const& control,
               connection_shares& shares, config::options const& settings, supervision const& given,
               std::vector<saved_listener> before, service to_clients);

  /// Any thread.
  [[nodiscard]] port_numbers const& numbers() const noexcept { return numbers_; }

  /// Says in the log where it listens.
  void log_addresses() const;

  /// Accepts clients until close(), by a loop for each port.
  void accept(lasting_loops& loops);

  /// The sockets that listen, to be handed over.
  [[nodiscard]] std::vector<saved_listener> save();

  /// Starts the session of a client that was handed over. Throws boost::system::system_error when
  /// its socket cannot be used.
  void resume(net::saved_client before);

  /// Starts the sessions of the clients that have connected, and closes the ports.
  void close();

 private:
  struct port {
    net::listener listener;
    net::client_intake intake;
    std::string_view flag;
    std::string address;
  };

  std::uint16_t open(net::client_kind kind, bool over_tls, std::string_view flag,
                     std::string const& address, net::listener listener);
  void start_session(net::client_kind kind, net::accepted_client accepted);

  boost::asio::io_context& io_;
  connection_shares& shares_;
  service const to_clients_;
  std::vector<port> ports_;
  port_numbers numbers_;
};

}  // namespace nsqlookupd
