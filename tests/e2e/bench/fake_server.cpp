// SPDX-License-Identifier: MIT
#include "fake_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string_view>
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
    : fake_server{std::map<std::string, std::string>{{"", std::move(answer)}}, afterwards} {}

fake_server::fake_server(std::map<std::string, std::string> answers, then afterwards)
    : answers_{std::move(answers)}, then_{afterwards}, listener_{bound_socket()} {
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
  std::vector<pollfd> waiting;
  while (true) {
    waiting.assign(1, {.fd = listener_.number(), .events = POLLIN, .revents = 0});
    for (auto const& client : clients_) {
      waiting.push_back({.fd = client.number(), .events = POLLIN, .revents = 0});
    }
    check(::poll(waiting.data(), waiting.size(), -1), "poll");
    for (auto at = clients_.size(); at > 0; --at) {
      if (waiting[at].revents != 0 && !serve_client(clients_[at - 1])) {
        clients_.erase(clients_.begin() + static_cast<std::ptrdiff_t>(at - 1));
      }
    }
    if (waiting[0].revents != 0 && !accept_client()) {
      return;
    }
  }
}

bool fake_server::accept_client() {
  file_descriptor client{::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC)};
  if (client.number() < 0) {
    return false;
  }
  clients_.push_back(std::move(client));
  return true;
}

bool fake_server::serve_client(file_descriptor& client) {
  std::array<char, 4096> input{};
  auto const count = ::recv(client.number(), input.data(), input.size(), 0);
  if (count <= 0) {
    return false;
  }
  std::string_view const request{input.data(), static_cast<std::size_t>(count)};
  for (auto const& [begin, answer] : answers_) {
    if (request.starts_with(begin)) {
      ::send(client.number(), answer.data(), answer.size(), MSG_NOSIGNAL);
    }
  }
  if (then_ == then::is_silent) {
    left_waiting_.push_back(std::move(client));
  }
  return then_ == then::answers_again;
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
