// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/duration_text.hpp>
#include <nsqlookupd/net/connection.hpp>

#include <boost/asio/error.hpp>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <utility>

namespace nsqlookupd::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

error_code last_error() {
  return {errno, boost::system::system_category()};
}

// What a std::string keeps in itself; to hold so little costs nothing.
std::size_t const in_place = std::string{}.capacity();

bool is_would_block(error_code error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

// Sends what the kernel takes of both, and takes it off them.
error_code send_some(int descriptor, std::string_view& head, std::string_view& body) {
  std::array<iovec, 2> parts{{{const_cast<char*>(head.data()), head.size()},
                              {const_cast<char*>(body.data()), body.size()}}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  auto const sent = ::sendmsg(descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0) {
    return last_error();
  }
  auto const from_head = std::min(static_cast<std::size_t>(sent), head.size());
  head.remove_prefix(from_head);
  body.remove_prefix(static_cast<std::size_t>(sent) - from_head);
  return {};
}

// By hand, since inet_ntop() goes through snprintf(); and as long as it has to be, since each
// connection keeps one.
std::string to_string(asio::ip::address_v4 const& address, std::uint16_t port) {
  std::array<char, 32> text;
  std::size_t size = 0;
  auto const append = [&](unsigned number, char behind) {
    auto const* const end = std::to_chars(&text[size], &text[size] + 5, number).ptr;
    size = static_cast<std::size_t>(end - text.data());
    text[size++] = behind;
  };
  auto const bytes = address.to_bytes();
  append(bytes[0], '.');
  append(bytes[1], '.');
  append(bytes[2], '.');
  append(bytes[3], ':');
  append(port, ' ');
  return {text.data(), size - 1};
}

std::string_view describe(deadline kind) {
  switch (kind) {
    case deadline::command:
      return "no whole command within --handshake-timeout=";
    case deadline::producer_idle:
      return "nothing heard within --producer-idle-timeout=";
    case deadline::write:
      return "reply not taken within --write-timeout=";
    case deadline::http_header:
      return "no whole request head within --http-header-timeout=";
    case deadline::http_body:
      return "no whole request body within --http-body-timeout=";
    case deadline::http_idle:
      return "no request within --http-idle-timeout=";
    case deadline::linger:
      return "still open after ";
  }
  return "";
}

}  // namespace

std::string to_string(tcp::endpoint const& endpoint) {
  auto const& address = endpoint.address();
  if (address.is_v4()) {
    return to_string(address.to_v4(), endpoint.port());
  }
  if (address.to_v6().is_v4_mapped()) {
    return to_string(asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()),
                     endpoint.port());
  }
  return '[' + address.to_string() + "]:" + std::to_string(endpoint.port());
}

connection::connection(accepted_client accepted, connection_group& group)
    : socket_{std::move(accepted.socket)},
      group_{group},
      remote_address_{to_string(accepted.peer)} {
  member_.descriptor = accepted.descriptor;
  group_.join(member_);
}

connection::~connection() {
  static_cast<void>(group_.hold_input(accounted_, 0, false));
  group_.leave(member_);
}

std::size_t connection::read_some(std::span<char> into, error_code& error) noexcept {
  auto const count = ::recv(member_.descriptor, into.data(), into.size(), MSG_DONTWAIT);
  if (count > 0) {
    error.clear();
    return static_cast<std::size_t>(count);
  }
  error = count == 0 ? error_code{asio::error::eof} : last_error();
  return 0;
}

std::size_t connection::try_write(std::string_view bytes) noexcept {
  auto const count =
      ::send(member_.descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

actor::task<error_code> connection::write(std::string_view head, std::string_view body) {
  while (true) {
    auto const failure = send_some(member_.descriptor, head, body);
    if (failure && !is_would_block(failure)) {
      co_return failure;
    }
    if (head.empty() && body.empty()) {
      co_return error_code{};
    }
    arm(deadline::write);
    auto const [error] = co_await socket_.async_wait(asio::socket_base::wait_write, token);
    disarm();
    if (error) {
      co_return error;
    }
  }
}

actor::task<void> connection::linger() {
  ::shutdown(member_.descriptor, SHUT_WR);
  arm(deadline::linger);
  std::array<char, 4096> ignored;
  error_code error;
  while (!error || is_would_block(error)) {
    if (auto const [failed] = co_await wait_readable(); failed) {
      break;
    }
    read_some(ignored, error);
  }
}

std::string_view connection::held_with(std::string_view fresh) {
  if (held_.empty()) {
    return fresh;
  }
  held_.append(fresh);
  return held_;
}

bool connection::hold(std::string_view rest, bool is_producer) {
  if (rest.empty()) {
    std::string{}.swap(held_);
  } else if (held_.empty()) {
    held_.assign(rest);
  } else {
    held_.erase(0, held_.size() - rest.size());
  }
  auto const now_held = held_.capacity() > in_place ? held_.capacity() : 0;
  if (now_held != accounted_ && !group_.hold_input(accounted_, now_held, is_producer)) {
    std::string{}.swap(held_);
    static_cast<void>(group_.hold_input(std::exchange(accounted_, 0), 0, is_producer));
    return false;
  }
  accounted_ = now_held;
  return true;
}

void connection::arm(deadline kind) {
  group_.arm(member_, kind);
  armed_ = kind;
}

void connection::keep_armed(deadline kind) {
  if (armed_ != kind) {
    arm(kind);
  }
}

void connection::disarm() {
  if (armed_) {
    group_.disarm(member_);
    armed_.reset();
  }
}

std::string connection::end_reason(error_code error) const {
  if (auto const missed = group_.expired(member_)) {
    return std::string{describe(*missed)} +
           std::string{std::string_view{log::duration_text{group_.duration(*missed)}}};
  }
  if (error == asio::error::eof) {
    return group_.stopping() ? "server is stopping" : "EOF";
  }
  return error.message();
}

}  // namespace nsqlookupd::net
