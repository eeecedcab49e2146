// SPDX-License-Identifier: MIT
#include "fake_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace nsqlookupd::e2e {
namespace {

using test_support::file_descriptor;

void check(int result, char const* operation) {
  if (result < 0) {
    throw std::system_error{errno, std::generic_category(), operation};
  }
}

file_descriptor bound_socket() {
  file_descriptor made{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in endpoint{};
  endpoint.sin_family = AF_INET;
  endpoint.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(::bind(made.number(), reinterpret_cast<sockaddr const*>(&endpoint), sizeof endpoint),
        "bind");
  return made;
}

sockaddr_in endpoint_of(file_descriptor const& socket) {
  sockaddr_in endpoint{};
  socklen_t size = sizeof endpoint;
  check(::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&endpoint), &size),
        "getsockname");
  return endpoint;
}

std::string address_of(file_descriptor const& socket) {
  return "127.0.0.1:" + std::to_string(ntohs(endpoint_of(socket).sin_port));
}

}  // namespace

fake_server::fake_server(std::string answer, then afterwards)
    : answer_{std::move(answer)}, then_{afterwards}, listener_{bound_socket()} {
  check(::listen(listener_.number(), SOMAXCONN), "listen");
  thread_ = std::thread{[this] { serve(); }};
}

fake_server::~fake_server() {
  ::shutdown(listener_.number(), SHUT_RDWR);
  thread_.join();
}

std::string fake_server::address() const {
  return address_of(listener_);
}

void fake_server::serve() {
  while (true) {
    file_descriptor client{::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC)};
    if (client.number() < 0) {
      return;
    }
    std::array<char, 4096> input{};
    ::recv(client.number(), input.data(), input.size(), 0);
    ::send(client.number(), answer_.data(), answer_.size(), MSG_NOSIGNAL);
    if (then_ == then::is_silent) {
      clients_.push_back(std::move(client));
    }
  }
}

refusing_port::refusing_port() : socket_{bound_socket()} {}

std::string refusing_port::address() const {
  return address_of(socket_);
}

dead_port::dead_port() : listener_{bound_socket()} {
  constexpr int more_than_fit = 4;
  check(::listen(listener_.number(), 0), "listen");
  auto const endpoint = endpoint_of(listener_);
  for (int count = 0; count < more_than_fit; ++count) {
    auto& client =
        waiting_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::connect(client.number(), reinterpret_cast<sockaddr const*>(&endpoint), sizeof endpoint);
  }
}

std::string dead_port::address() const {
  return address_of(listener_);
}

}  // namespace nsqlookupd::e2e
