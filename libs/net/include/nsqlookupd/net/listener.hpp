// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/net/saved_client.hpp>
#include <nsqlookupd/net/task.hpp>
#include <nsqlookupd/tls/stream.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace nsqlookupd::net {

/// The socket of a session.
using session_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, session_executor>;

/// A client whose connection was accepted.
struct accepted_client {
  session_socket socket;
  boost::asio::ip::tcp::endpoint peer;
  /// Its TLS; null when it speaks none.
  std::unique_ptr<tls::stream> tls = nullptr;
  /// The state that its session goes on from; null when it begins.
  std::unique_ptr<saved_client> before = nullptr;
};

/// The functions by which a listener hands on its clients. Called on the listener's executor.
struct client_intake {
  /// `TCP`, `HTTP` and the like, for the log.
  std::string name;
  /// True when one more client may be served; until it is, the next waits in the kernel's queue.
  std::function<bool()> has_space;
  /// The executor of the clients' sockets and sessions.
  session_executor executor;
  /// Starts the session of an accepted client.
  std::function<void(accepted_client)> start_session;
};

/// The descriptor of a socket that somebody else bound and made listen.
struct passed_descriptor {
  int number;
  /// Whether others have it, too, and will go on to accept from it.
  bool is_shared = true;
};

/// A listening socket and its accept loop.
class listener {
 public:
  using tcp = boost::asio::ip::tcp;
  /// Binds and listens. An empty host and `0.0.0.0` mean every interface, on IPv4 and IPv6 where
  /// the machine has both; port 0 lets the system choose. Throws boost::system::system_error.
  listener(boost::asio::any_io_executor const& executor, std::string const& host,
           std::uint16_t port);
  /// Takes over a TCP socket that listens already. Throws boost::system::system_error when it is
  /// none.
  listener(boost::asio::any_io_executor const& executor, passed_descriptor socket);

  /// Where it really listens, or did before stop(). Any thread.
  [[nodiscard]] tcp::endpoint local_endpoint() const noexcept { return local_endpoint_; }

  /// The listening socket's own, to be passed on.
  [[nodiscard]] passed_descriptor descriptor() { return {acceptor_.native_handle(), is_shared_}; }

  /// Accepts until stop(). When there is no room, or the machine lacks what a connection needs
  /// (descriptors, memory), says so once and tries again a little later, until it can.
  boost::asio::awaitable<void> accept_loop(client_intake intake);

  /// Starts the sessions of those clients whose connections the kernel has accepted already, and
  /// closes. On a socket that is shared, leaves them to the next process that it is passed to.
  /// On the listener's executor.
  void stop(client_intake const& intake);

 private:
  boost::system::error_code accept_waiting(client_intake const& intake);

  tcp::acceptor acceptor_;
  tcp::endpoint local_endpoint_;
  bool is_shared_ = false;
};

}  // namespace nsqlookupd::net
