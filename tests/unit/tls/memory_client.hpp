// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/tls/context.hpp>
#include <nsqlookupd/tls/stream.hpp>

#include "certificate_authority.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct ssl_st;

namespace nsqlookupd::tls::test {

/// The other side of a stream, without a socket: a client that believes any server.
class memory_client {
 public:
  explicit memory_client(std::optional<test_support::identity> const& own = {});

  /// At most TLS 1.2, or what `version` says in OpenSSL's numbers.
  void speak_at_most(int version);
  /// The protocols that it speaks, in the wire's format: `\x08http/1.1`.
  void offer(std::string_view protocols);

  /// Does what it can with what it has received; true when the handshake is done.
  bool shake_hands();
  void send(std::string_view plain);
  /// All that has come, decrypted.
  [[nodiscard]] std::string receive();
  void finish_sending();
  /// Asks for another handshake in the same connection.
  void renegotiate();
  /// True when the server has said that it sends no more.
  [[nodiscard]] bool is_told_the_end() const;
  [[nodiscard]] std::string chosen_protocol() const;

  /// Takes the bytes that are on their way to the server.
  [[nodiscard]] std::string take_sent();
  void give_received(std::string_view encrypted);

 private:
  std::shared_ptr<ssl_st> ssl_;
};

/// A stream, and the other end of its socket.
class connected_stream {
 public:
  explicit connected_stream(context const& shared);
  connected_stream(connected_stream const&) = delete;
  connected_stream& operator=(connected_stream const&) = delete;
  ~connected_stream();

  [[nodiscard]] stream* operator->() noexcept { return stream_.get(); }

  /// Sends it bytes; throws std::system_error when they do not fit into the socket.
  void send(std::string_view encrypted) const;
  /// Sends it bytes, in pieces of at most `piece`; returns what it has decrypted.
  std::string give(std::string_view encrypted, std::size_t piece = 100'000);
  /// Takes the bytes that the stream has sent.
  [[nodiscard]] std::string take_sent() const;
  /// Ends the bytes for the stream.
  void finish_sending() const;

 private:
  std::array<int, 2> sockets_{};
  std::unique_ptr<stream> stream_;
};

/// Carries bytes both ways until nothing moves; to the stream in pieces of at most `piece` bytes.
/// Returns what the stream has decrypted.
std::string exchange(memory_client& client, connected_stream& server, std::size_t piece = 100'000);

}  // namespace nsqlookupd::tls::test
