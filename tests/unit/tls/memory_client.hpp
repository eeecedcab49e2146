// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/tls/engine.hpp>

#include "certificate_authority.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct ssl_st;

namespace nsqlookupd::tls::test {

/// The other side of an engine, without a socket: a client that believes any server.
class memory_client {
 public:
  explicit memory_client(std::optional<test_support::identity> const& own = {});

  /// At most TLS 1.2, or what `version` says in OpenSSL's numbers.
  void speak_at_most(int version);
  /// What it is ready to speak, in the wire's format: `\x08http/1.1`.
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

  /// What is on its way to the server, taken out.
  [[nodiscard]] std::string take_sent();
  void give_received(std::string_view encrypted);

 private:
  std::shared_ptr<ssl_st> ssl_;
};

/// Carries bytes both ways until nothing moves; to the engine in pieces of at most `piece` bytes.
/// Returns what the engine has decrypted.
std::string exchange(memory_client& client, engine& server, std::size_t piece = 100'000);

}  // namespace nsqlookupd::tls::test
