// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/net/listener.hpp>
#include <nsqlookupd/net/task.hpp>
#include <nsqlookupd/net/turns.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

namespace nsqlookupd::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr std::chrono::milliseconds back_off{100};

// Accepted sockets inherit these, so that they are not set once for each client. A peer that
// vanished without a word is noticed within 45 s: after 15 s of silence it is probed, and bytes it
// never acknowledged are given up.
void set_inherited_options(tcp::acceptor& acceptor) {
  constexpr std::array<std::array<int, 3>, 6> options{{{IPPROTO_TCP, TCP_NODELAY, 1},
                                                       {SOL_SOCKET, SO_KEEPALIVE, 1},
                                                       {IPPROTO_TCP, TCP_KEEPIDLE, 15},
                                                       {IPPROTO_TCP, TCP_KEEPINTVL, 10},
                                                       {IPPROTO_TCP, TCP_KEEPCNT, 3},
                                                       {IPPROTO_TCP, TCP_USER_TIMEOUT, 45'000}}};
  for (auto const& [protocol, name, value] : options) {
    if (::setsockopt(acceptor.native_handle(), protocol, name, &value, sizeof value) != 0) {
      throw boost::system::system_error{errno, boost::system::system_category(), "setsockopt"};
    }
  }
}

void listen_on(tcp::acceptor& acceptor, tcp::endpoint const& endpoint) {
  acceptor.open(endpoint.protocol());
  acceptor.set_option(asio::socket_base::reuse_address{true});
  if (endpoint.protocol() == tcp::v6()) {
    acceptor.set_option(asio::ip::v6_only{false});
  }
  set_inherited_options(acceptor);
  acceptor.bind(endpoint);
  acceptor.listen(asio::socket_base::max_listen_connections);
  acceptor.native_non_blocking(true);
}

[[noreturn]] void fail_to_adopt(int error) {
  throw boost::system::system_error{error, boost::system::system_category(), "adopt"};
}

int socket_option(int descriptor, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  if (::getsockopt(descriptor, SOL_SOCKET, name, &value, &size) != 0) {
    fail_to_adopt(errno);
  }
  return value;
}

tcp protocol_of(passed_descriptor socket) {
  auto const family = socket_option(socket.number, SO_DOMAIN);
  if (family != AF_INET && family != AF_INET6) {
    fail_to_adopt(EAFNOSUPPORT);
  }
  if (socket_option(socket.number, SO_PROTOCOL) != IPPROTO_TCP) {
    fail_to_adopt(EPROTOTYPE);
  }
  if (socket_option(socket.number, SO_ACCEPTCONN) == 0) {
    fail_to_adopt(EINVAL);
  }
  return family == AF_INET6 ? tcp::v6() : tcp::v4();
}

bool is_any(std::string const& host) {
  return host.empty() || host == "0.0.0.0";
}

tcp::endpoint resolve(tcp::acceptor& acceptor, std::string const& host, std::uint16_t port) {
  tcp::resolver resolver{acceptor.get_executor()};
  auto const found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive);
  // As Go does: a name that means both is listened on by its IPv4 address.
  for (auto const& entry : found) {
    if (entry.endpoint().protocol() == tcp::v4()) {
      return entry.endpoint();
    }
  }
  return found.begin()->endpoint();
}

// Unless all that went wrong is that the client left before it was accepted, the next attempt would
// fail as well, and at once.
bool needs_pause(error_code error) {
  return error && error != asio::error::would_block && error != asio::error::connection_aborted &&
         error != asio::error::interrupted && error != boost::system::errc::protocol_error;
}

bool has_waiting(tcp::acceptor& acceptor) {
  pollfd waiting{.fd = acceptor.native_handle(), .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, 0) == 1;
}

void complain(bool& complained, client_intake const& intake, error_code error) {
  if (complained) {
    return;
  }
  complained = true;
  std::string const reason =
      intake.has_space()
          ? error.message()
          : "there are as many as -max-connections or the limit of open files allows";
  log::line(log::level::error, intake.name, ": cannot accept clients - ", reason,
            "; trying again until it is possible");
}

error_code start(int descriptor, tcp::endpoint const& peer, client_intake const& intake) {
  error_code error;
  session_socket socket{intake.executor};
  socket.assign(peer.protocol(), descriptor, error);
  if (error) {
    ::close(descriptor);
  } else {
    intake.start_session({std::move(socket), peer});
  }
  return error;
}

// Both families, or IPv4 where there is no other.
void listen_on_every_address(tcp::acceptor& acceptor, std::uint16_t port) {
  try {
    listen_on(acceptor, {tcp::v6(), port});
  } catch (boost::system::system_error const& error) {
    if (error.code() != asio::error::address_family_not_supported &&
        error.code() != boost::system::errc::address_not_available) {
      throw;
    }
    error_code ignored;
    acceptor.close(ignored);
    listen_on(acceptor, {tcp::v4(), port});
  }
}

}  // namespace

listener::listener(asio::any_io_executor const& executor, std::string const& host,
                   std::uint16_t port)
    : acceptor_{executor} {
  if (is_any(host)) {
    listen_on_every_address(acceptor_, port);
  } else {
    listen_on(acceptor_, resolve(acceptor_, host, port));
  }
  local_endpoint_ = acceptor_.local_endpoint();
}

listener::listener(asio::any_io_executor const& executor, passed_descriptor socket)
    : acceptor_{executor}, is_shared_{socket.is_shared} {
  acceptor_.assign(protocol_of(socket), socket.number);
  // It came through an exec; what this process may start is not to inherit it.
  ::fcntl(socket.number, F_SETFD, FD_CLOEXEC);
  set_inherited_options(acceptor_);
  acceptor_.native_non_blocking(true);
  local_endpoint_ = acceptor_.local_endpoint();
}

asio::awaitable<void> listener::accept_loop(client_intake intake) {
  asio::steady_timer pause{acceptor_.get_executor()};
  bool complained = false;
  while (acceptor_.is_open()) {
    auto [error] = co_await acceptor_.async_wait(tcp::acceptor::wait_read, token);
    if (error) {
      break;
    }
    error = accept_waiting(intake);
    if (needs_pause(error)) {
      complain(complained, intake, error);
      pause.expires_after(back_off);
      co_await pause.async_wait(token);
    } else if (complained) {
      complained = false;
      log::line(log::level::info, intake.name, ": accepting clients again");
    }
  }
}

// Accepts clients that wait, a turn's worth at most. No error when there are more.
error_code listener::accept_waiting(client_intake const& intake) {
  auto const own = turn::full();
  do {
    if (!intake.has_space()) {
      return has_waiting(acceptor_) ? asio::error::no_descriptors : asio::error::would_block;
    }
    tcp::endpoint peer;
    auto size = static_cast<socklen_t>(peer.capacity());
    auto const descriptor =
        ::accept4(acceptor_.native_handle(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) {
      return {errno, boost::system::system_category()};
    }
    peer.resize(size);
    if (auto const error = start(descriptor, peer, intake)) {
      return error;
    }
  } while (!own.is_over());
  return {};
}

void listener::stop(client_intake const& intake) {
  error_code error;
  while (!is_shared_ && !error) {
    error = accept_waiting(intake);
  }
  acceptor_.close(error);
}

}  // namespace nsqlookupd::net
