// SPDX-License-Identifier: MIT
#include "tls_transport.hpp"

#include "descriptor_io.hpp"
#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <new>

namespace nsqlookupd::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using condition = tls::engine::condition;

// What is received at a time. With what OpenSSL may hold of an unfinished record it is less than a
// session's buffer, so that one read has all of it.
constexpr std::size_t received_at_a_time = std::size_t{32} << 10U;

// What is encrypted before it is sent.
constexpr std::size_t enough_output = std::size_t{64} << 10U;

error_code flush(tls::engine& tls, int descriptor) noexcept {
  while (!tls.output().empty()) {
    auto rest = tls.output();
    std::string_view nothing;
    if (auto const error = send_some(descriptor, rest, nothing)) {
      return error;
    }
    tls.sent(tls.output().size() - rest.size());
  }
  return {};
}

error_code why_nothing_was_read(tls::engine const& tls, error_code of_socket) {
  switch (tls.state()) {
    case condition::input_ended:
      return asio::error::eof;
    case condition::failed:
      return asio::error::connection_aborted;
    case condition::open:
      break;
  }
  return of_socket ? of_socket : error_code{asio::error::would_block};
}

}  // namespace

std::size_t receive_decrypted(tls::engine& tls, int descriptor, std::span<char> into,
                              error_code& error) {
  error.clear();
  auto size = tls.has_input() ? tls.read(into) : 0;
  if (size == 0 && tls.state() == condition::open) {
    std::array<char, received_at_a_time> encrypted;
    auto const count = receive_some(descriptor, encrypted, error);
    tls.receive({encrypted.data(), count});
    size = tls.read(into);
  }
  // An alert or a part of the handshake. What does not go now goes with the next call.
  auto const unsent = flush(tls, descriptor);
  if (size != 0) {
    error.clear();
  } else {
    error = why_nothing_was_read(tls, unsent && !is_would_block(unsent) ? unsent : error);
  }
  return size;
}

error_code send_encrypted(tls::engine& tls, int descriptor, std::string_view& head,
                          std::string_view& body) {
  while (true) {
    while (tls.output().size() < enough_output && !(head.empty() && body.empty())) {
      auto& next = head.empty() ? body : head;
      auto const count = tls.write(next);
      if (count == 0) {
        return asio::error::connection_aborted;
      }
      next.remove_prefix(count);
    }
    if (auto const error = flush(tls, descriptor)) {
      return error;
    }
    if (head.empty() && body.empty()) {
      return {};
    }
  }
}

void say_goodbye(tls::engine& tls, int descriptor) noexcept {
  try {
    tls.close();
  } catch (std::bad_alloc const&) {
    return;
  }
  // Who does not hear it is gone, or notices that the connection ends.
  [[maybe_unused]] auto const unheard = flush(tls, descriptor);
}

}  // namespace nsqlookupd::net
