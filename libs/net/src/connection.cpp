// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/duration_text.hpp>
#include <nsqlookupd/net/connection.hpp>

#include "descriptor_io.hpp"
#include "tls_transport.hpp"
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/wait_traits.hpp>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <utility>

namespace nsqlookupd::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

// What a string keeps in itself; to hold so little costs nothing.
std::size_t const in_place = held_text{}.capacity();

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

constexpr std::chrono::milliseconds look_period{100};

bool has_ended(int descriptor) noexcept {
  pollfd state{.fd = descriptor, .events = POLLRDHUP, .revents = 0};
  return ::poll(&state, 1, 0) == 1;
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
      remote_address_{to_string(accepted.peer)},
      tls_{std::move(accepted.tls)} {
  member_.descriptor = accepted.descriptor;
  group_.join(member_);
}

connection::~connection() {
  if (tls_) {
    say_goodbye(*tls_, member_.descriptor);
  }
  static_cast<void>(group_.hold_input(accounted_, 0, false));
  group_.leave(member_);
}

// What TLS has decrypted already comes with no event of the socket's. One that is writable at once
// stands in for it, as nothing of a reply is left unsent when there is reading again; and what the
// handshake could not send must go before the client says more.
asio::socket_base::wait_type connection::what_makes_readable() const noexcept {
  bool const is_ready = tls_ && (tls_->has_input() || !tls_->output().empty());
  return is_ready ? asio::socket_base::wait_write : asio::socket_base::wait_read;
}

std::size_t connection::read_some(std::span<char> into, error_code& error) {
  return tls_ ? receive_decrypted(*tls_, member_.descriptor, into, error)
              : receive_some(member_.descriptor, into, error);
}

bool connection::try_write(std::string_view& bytes) {
  std::string_view nothing;
  return (bytes.empty() && !tls_) || (!send_some(bytes, nothing) && bytes.empty());
}

error_code connection::send_some(std::string_view& head, std::string_view& body) {
  return tls_ ? send_encrypted(*tls_, member_.descriptor, head, body)
              : net::send_some(member_.descriptor, head, body);
}

actor::task<error_code> connection::write(std::string_view head, std::string_view body) {
  while (true) {
    auto const failure = send_some(head, body);
    if (failure && !is_would_block(failure)) {
      co_return failure;
    }
    if (!failure && head.empty() && body.empty()) {
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
  if (tls_) {
    say_goodbye(*tls_, member_.descriptor);
  }
  ::shutdown(member_.descriptor, SHUT_WR);
  arm(deadline::linger);
  std::array<char, 4096> ignored;
  error_code error;
  while (!error || is_would_block(error)) {
    auto const [failed] = co_await socket_.async_wait(asio::socket_base::wait_read, token);
    if (failed) {
      break;
    }
    receive_some(member_.descriptor, ignored, error);
  }
}

std::string_view connection::held_with(std::string_view fresh) {
  if (held_.empty()) {
    return fresh;
  }
  held_.append(fresh);
  return held_;
}

bool connection::hold(std::string_view rest, bool is_producer, std::size_t beside) {
  if (rest.empty()) {
    held_text{}.swap(held_);
  } else if (held_.empty()) {
    held_.assign(rest);
  } else {
    held_.erase(0, held_.size() - rest.size());
  }
  auto const now_held = (held_.capacity() > in_place ? held_.capacity() : 0) + beside;
  if (now_held != accounted_ && !group_.hold_input(accounted_, now_held, is_producer)) {
    held_text{}.swap(held_);
    static_cast<void>(group_.hold_input(std::exchange(accounted_, 0), 0, is_producer));
    return false;
  }
  accounted_ = now_held;
  return true;
}

// Whoever closes its side, and the server that stops, does it to the socket, which is looked at now
// and then: input that came before must stay where it is.
actor::task<void> connection::pause(std::chrono::nanoseconds how_long) {
  using clock = std::chrono::steady_clock;
  asio::basic_waitable_timer<clock, asio::wait_traits<clock>, actor::session_executor> timer{
      socket_.get_executor()};
  auto const end = clock::now() + how_long;
  for (auto now = clock::now(); now < end && !has_ended(member_.descriptor); now = clock::now()) {
    timer.expires_at(std::min(end, now + look_period));
    if (auto const [error] = co_await timer.async_wait(token); error) {
      break;
    }
  }
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
  if (auto const failure = tls_failure(); !failure.empty()) {
    return std::string{failure};
  }
  if (error == asio::error::eof) {
    return group_.stopping() ? "server is stopping" : "EOF";
  }
  return error.message();
}

bool connection::has_verified_peer() const noexcept {
  return tls_ && tls_->has_verified_peer();
}

std::string_view connection::tls_failure() const noexcept {
  return tls_ ? std::string_view{tls_->failure()} : std::string_view{};
}

}  // namespace nsqlookupd::net
