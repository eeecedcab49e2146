// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace nsqlookupd::tls {

/// The server's side of one TLS connection over a non-blocking socket. The handshake goes on
/// within read(). The process must ignore SIGPIPE: OpenSSL sends by write(2).
class stream {
 public:
  enum class condition : std::uint8_t {
    open,
    /// The peer has said that it sends no more. It still receives.
    input_ended,
    /// The connection is gone.
    reset,
    /// failure() says why.
    failed
  };

  /// `socket`: a connected socket; not owned, must outlive the stream. `verifies_peer`: whether a
  /// client gets through only with a certificate that was verified.
  stream(ssl_ctx_st* context, int socket, bool verifies_peer);
  stream(stream const&) = delete;
  stream& operator=(stream const&) = delete;
  ~stream() = default;

  /// Receives and decrypts some of what there is, a record (16 KiB) at most. Returns how many bytes
  /// are in `into`; 0 when there is no more for now, or, as state() then tells, at all.
  std::size_t read(std::span<char> into);

  /// True when read() is to be called as soon as the socket takes output, not when it has input:
  /// there are decrypted bytes left, because `into` was small, or a part of the handshake is
  /// unsent.
  [[nodiscard]] bool reads_without_input() const noexcept;

  /// Encrypts the beginning of `head` and `body` together, at most a record (16 KiB), and sends it.
  /// Returns how much that was; 0 when there is no sending, or when wants_write(): the next call
  /// must begin with the same bytes then.
  std::size_t write(std::string_view head, std::string_view body);

  /// True when the socket took not all of what the last call had to send.
  [[nodiscard]] bool wants_write() const noexcept { return wants_write_; }

  /// Tells the peer that no more will be sent, if it can be told without waiting.
  void close() noexcept;

  [[nodiscard]] condition state() const noexcept { return state_; }
  /// Why it failed, for the log: one line; empty when it has not.
  [[nodiscard]] std::string const& failure() const noexcept { return failure_; }

  /// True when the handshake is done and the client's certificate was verified in it.
  [[nodiscard]] bool has_verified_peer() const noexcept;

 private:
  // False when they are still to come.
  bool look_at_first_bytes();
  void note_failure(int result);
  [[nodiscard]] bool can_send() const noexcept;

  std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
  std::string failure_;
  condition state_ = condition::open;
  bool verifies_peer_;
  bool begun_ = false;
  bool established_ = false;
  bool wants_write_ = false;
  bool closed_ = false;
};

}  // namespace nsqlookupd::tls
