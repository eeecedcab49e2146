// SPDX-License-Identifier: MIT
#include "cuttable_proxy.hpp"

#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace nsqlookupd::e2e {
namespace {

using test_support::file_descriptor;

constexpr std::size_t most_buffered = std::size_t{256} << 10U;

[[noreturn]] void fail(char const* operation) {
  throw std::system_error{errno, std::generic_category(), operation};
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

file_descriptor new_socket() {
  file_descriptor made{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (made.number() < 0) {
    fail("socket");
  }
  return made;
}

void allow_reuse(file_descriptor const& socket) {
  int const on = 1;
  static_cast<void>(::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
}

void bind_to(file_descriptor const& socket, std::uint16_t port) {
  auto const address = loopback(port);
  if (::bind(socket.number(), reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0) {
    fail("bind");
  }
}

std::uint16_t port_of(file_descriptor const& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    fail("getsockname");
  }
  return ntohs(address.sin_port);
}

// Two sockets with SO_REUSEADDR may have one port as long as only one of them listens.
file_descriptor listen_at(std::uint16_t port) {
  auto listener = new_socket();
  allow_reuse(listener);
  bind_to(listener, port);
  if (::listen(listener.number(), SOMAXCONN) != 0) {
    fail("listen");
  }
  return listener;
}

// Its end is a reset.
void reset_at_end(file_descriptor const& socket) {
  linger const at_once{1, 0};
  static_cast<void>(::setsockopt(socket.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
}

}  // namespace

cuttable_proxy::cuttable_proxy(std::uint16_t target)
    : target_{target}, reservation_{new_socket()}, wake_{::eventfd(0, EFD_CLOEXEC)} {
  bind_to(reservation_, 0);
  allow_reuse(reservation_);
  port_ = port_of(reservation_);
  listener_ = listen_at(port_);
  thread_ = std::jthread{[this](std::stop_token const& stop) { run(stop); }};
}

cuttable_proxy::~cuttable_proxy() {
  thread_.request_stop();
  static_cast<void>(::eventfd_write(wake_.number(), 1));
}

void cuttable_proxy::become(state next, bool resets) {
  std::unique_lock lock{mutex_};
  wanted_ = next;
  resets_ = resets;
  has_order_ = true;
  static_cast<void>(::eventfd_write(wake_.number(), 1));
  done_.wait(lock, [this] { return !has_order_; });
}

void cuttable_proxy::take_orders() {
  std::lock_guard const lock{mutex_};
  if (!has_order_) {
    return;
  }
  now_ = wanted_;
  if (resets_) {
    for (auto const& each : connections_) {
      reset_at_end(each.ends[0]);
      reset_at_end(each.ends[1]);
    }
    connections_.clear();
  }
  if (now_ == state::refusing) {
    listener_.close();
  } else if (listener_.number() < 0) {
    listener_ = listen_at(port_);
  }
  has_order_ = false;
  done_.notify_all();
}

void cuttable_proxy::accept_one() {
  file_descriptor client{
      ::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
  if (client.number() < 0) {
    return;
  }
  auto server = new_socket();
  auto const address = loopback(target_);
  // Should nobody listen there, that shows when it is written to.
  static_cast<void>(
      ::connect(server.number(), reinterpret_cast<sockaddr const*>(&address), sizeof address));
  auto& made = connections_.emplace_back();
  made.ends = {std::move(client), std::move(server)};
}

std::vector<pollfd> cuttable_proxy::interests() const {
  std::vector<pollfd> all{{wake_.number(), POLLIN, 0}, {listener_.number(), POLLIN, 0}};
  for (auto const& each : connections_) {
    for (std::size_t end = 0; end < 2; ++end) {
      short events = 0;
      if (each.streams[end].bytes.size() < most_buffered && !each.streams[end].has_ended) {
        events |= POLLIN;
      }
      if (!each.streams[1 - end].bytes.empty()) {
        events |= POLLOUT;
      }
      // A negative descriptor is left out.
      bool const is_watched = now_ == state::passing;
      all.push_back({is_watched ? each.ends[end].number() : -1, events, 0});
    }
  }
  return all;
}

// Reads from this end, and writes there the bytes of the other.
void cuttable_proxy::serve(connection& one, std::size_t end, short events) const {
  auto const socket = one.ends[end].number();
  auto& from = one.streams[end];
  auto& to = one.streams[1 - end];
  if ((events & POLLIN) != 0) {
    std::array<char, 65'536> buffer;
    auto const size = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (size > 0) {
      from.bytes.append(buffer.data(), static_cast<std::size_t>(size));
    } else if (size == 0 || errno != EAGAIN) {
      from.has_ended = true;
    }
  }
  if ((events & POLLOUT) != 0) {
    auto const size = ::send(socket, to.bytes.data(), to.bytes.size(), MSG_NOSIGNAL);
    if (size > 0) {
      to.bytes.erase(0, static_cast<std::size_t>(size));
    } else if (size < 0 && errno != EAGAIN) {
      one.is_over = true;
    }
  }
  if ((events & (POLLERR | POLLHUP)) != 0 && (events & POLLIN) == 0) {
    one.is_over = true;
  }
  // One end is enough: HTTP needs both.
  if ((from.has_ended && from.bytes.empty()) || (to.has_ended && to.bytes.empty())) {
    one.is_over = true;
  }
}

void cuttable_proxy::run(std::stop_token const& stop) {
  while (!stop.stop_requested()) {
    auto ready = interests();
    if (::poll(ready.data(), ready.size(), -1) < 0) {
      continue;
    }
    auto next = ready.begin() + 2;
    for (auto& each : connections_) {
      serve(each, 0, (next++)->revents);
      serve(each, 1, (next++)->revents);
    }
    std::erase_if(connections_, [](auto const& each) { return each.is_over; });
    if ((ready[1].revents & POLLIN) != 0) {
      accept_one();
    }
    if (ready[0].revents != 0) {
      eventfd_t count = 0;
      static_cast<void>(::eventfd_read(wake_.number(), &count));
      take_orders();
    }
  }
}

}  // namespace nsqlookupd::e2e
