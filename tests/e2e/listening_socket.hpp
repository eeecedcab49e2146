// SPDX-License-Identifier: MIT
#pragma once

#include "file_descriptor.hpp"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace nsqlookupd::e2e {

/// A socket of the test's own, on a free port of 127.0.0.1.
struct loopback_socket {
  test_support::file_descriptor socket;
  std::uint16_t port;
};

/// Bound, of a type such as SOCK_STREAM. Throws std::system_error.
[[nodiscard]] inline loopback_socket bind_loopback(int type) {
  test_support::file_descriptor socket{::socket(AF_INET, type | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (::bind(socket.number(), generic, size) != 0 ||
      ::getsockname(socket.number(), generic, &size) != 0) {
    throw std::system_error{errno, std::generic_category(), "bind"};
  }
  return {std::move(socket), ntohs(address.sin_port)};
}

/// Listening. Throws std::system_error.
[[nodiscard]] inline loopback_socket listen_on_loopback() {
  auto bound = bind_loopback(SOCK_STREAM);
  if (::listen(bound.socket.number(), 8) != 0) {
    throw std::system_error{errno, std::generic_category(), "listen"};
  }
  return bound;
}

}  // namespace nsqlookupd::e2e
