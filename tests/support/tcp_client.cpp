// SPDX-License-Identifier: MIT
#include "tcp_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace nsqlookupd::test_support {
namespace {

// So long an unwritable socket means that the other side does not read.
constexpr std::chrono::milliseconds stuck_after{300};

[[noreturn]] void fail(std::string const& operation) {
  throw std::system_error{errno, std::generic_category(), operation};
}

struct socket_address {
  sockaddr_storage bytes{};
  socklen_t size = sizeof(sockaddr_storage);

  [[nodiscard]] sockaddr* pointer() { return reinterpret_cast<sockaddr*>(&bytes); }
};

socket_address make_address(std::string const& host, std::uint16_t port) {
  socket_address result;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&result.bytes, &v4, result.size = sizeof v4);
  } else if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&result.bytes, &v6, result.size = sizeof v6);
  } else {
    throw std::runtime_error{"no IP address: " + host};
  }
  return result;
}

// Its port is found when it connects.
void bind_address(int socket, std::string const& host) {
  auto own = make_address(host, 0);
  int const on = 1;
  ::setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (::bind(socket, own.pointer(), own.size) != 0) {
    fail("binding to " + host);
  }
}

std::uint16_t port_of(socket_address const& address) {
  // The port stands at the same place in both kinds.
  sockaddr_in v4{};
  std::memcpy(&v4, &address.bytes, sizeof v4);
  return ntohs(v4.sin_port);
}

void set_receive_buffer(int descriptor, int bytes) {
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

}  // namespace

tcp_client::tcp_client(std::uint16_t port, std::string const& host, int receive_buffer,
                       std::string const& from) {
  auto peer = make_address(host, port);
  socket_ = file_descriptor{::socket(peer.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (socket_.number() < 0) {
    fail("socket");
  }
  if (receive_buffer != 0) {
    set_receive_buffer(socket_.number(), receive_buffer);
  }
  if (!from.empty()) {
    bind_address(socket_.number(), from);
  }
  if (::connect(socket_.number(), peer.pointer(), peer.size) != 0) {
    fail("connecting to " + host + ", port " + std::to_string(port));
  }
  int const on = 1;
  ::setsockopt(socket_.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  socket_address own;
  if (::getsockname(socket_.number(), own.pointer(), &own.size) != 0) {
    fail("getsockname");
  }
  auto const& own_host = from.empty() ? host : from;
  auto const shown_host = own.bytes.ss_family == AF_INET6 ? '[' + own_host + ']' : own_host;
  name_ = shown_host + ':' + std::to_string(port_of(own));
}

void tcp_client::start_tls(tls_settings const& how) {
  tls_ = std::make_shared<tls_layer>(socket_.number(), how);
}

void tcp_client::send(std::string_view bytes) const {
  if (tls_) {
    tls_->send(bytes);
    return;
  }
  auto const until = give_up_at();
  while (!bytes.empty()) {
    if (!wait_for(socket_.number(), POLLOUT, until)) {
      throw std::runtime_error{"could not send in time"};
    }
    auto const count =
        ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN) {
      fail("sending");
    }
    bytes.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
  }
}

std::size_t tcp_client::send_until_stuck(std::string_view bytes, std::size_t limit) const {
  std::size_t sent = 0;
  while (wait_for(socket_.number(), POLLOUT, give_up_at(stuck_after))) {
    auto const rest = bytes.substr(sent % bytes.size());
    auto const count =
        ::send(socket_.number(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN) {
      fail("sending");
    }
    sent += count < 0 ? 0 : static_cast<std::size_t>(count);
    if (sent > limit) {
      throw std::runtime_error{"the other side took " + std::to_string(sent) + " bytes"};
    }
  }
  return sent;
}

bool tcp_client::is_readable() const {
  return !unread().empty() || (tls_ && tls_->has_input()) ||
         wait_for(socket_.number(), POLLIN, steady_time_point{});
}

void tcp_client::widen_buffer() const {
  set_receive_buffer(socket_.number(), 65'535);
}

bool tcp_client::is_reset() const {
  return wait_for(socket_.number(), 0, give_up_at());
}

std::string_view tcp_client::unread() const {
  return std::string_view{received_}.substr(handed_out_);
}

bool tcp_client::receive_more() {
  received_.erase(0, std::exchange(handed_out_, 0));
  std::array<char, 65536> some;
  auto const count = tls_ ? tls_->read_some(some)
                          : read_some(socket_.number(), some, give_up_at(),
                                      "a reply, having '" + received_.substr(0, 100) + "'");
  received_.append(some.data(), count);
  return count != 0;
}

std::string tcp_client::receive(std::size_t size) {
  while (unread().size() < size && receive_more()) {
  }
  std::string result{unread().substr(0, size)};
  handed_out_ += result.size();
  return result;
}

std::string tcp_client::receive_frame() {
  auto const head = receive(4);
  if (head.size() < 4) {
    return head;
  }
  std::uint32_t size = 0;
  std::memcpy(&size, head.data(), sizeof size);
  return receive(ntohl(size));
}

std::string tcp_client::receive_through(std::string_view end) {
  while (unread().find(end) == std::string_view::npos) {
    if (!receive_more()) {
      return receive(unread().size());
    }
  }
  return receive(unread().find(end) + end.size());
}

std::string tcp_client::receive_to_end() {
  while (receive_more()) {
  }
  return receive(unread().size());
}

void tcp_client::finish_sending() const {
  if (tls_) {
    tls_->finish_sending();
    return;
  }
  ::shutdown(socket_.number(), SHUT_WR);
}

void tcp_client::reset() {
  linger const at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket_.close();
}

}  // namespace nsqlookupd::test_support
