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

class engine_bio;

/// The server's side of one TLS connection: bytes in, bytes out. The handshake goes on whenever
/// bytes come in; what is to be sent gathers in output(). Throws std::bad_alloc alone.
class engine {
 public:
  enum class condition : std::uint8_t {
    open,
    /// The peer has said that it sends no more. What it is sent still arrives.
    input_ended,
    /// failure() says why. What is left is to send output().
    failed
  };

  /// `verifies_peer`: whether a client gets through only with a certificate that was verified.
  engine(ssl_ctx_st* context, bool verifies_peer);
  engine(engine const&) = delete;
  engine& operator=(engine const&) = delete;
  ~engine();

  /// Takes what the peer has sent, in pieces of any size.
  void receive(std::string_view encrypted);

  /// Decrypts what was received. Returns how many bytes are in `into`; 0 when there is no more
  /// until more is received, or, as state() then tells, at all.
  std::size_t read(std::span<char> into);

  /// True when there may be something for read(), or an end to be told of, without receiving more.
  [[nodiscard]] bool has_input() const noexcept;

  /// Encrypts the beginning of `plain`, at most a record (16 KiB), into output(). Returns how much
  /// that was; 0 when there is no sending yet, or no more.
  std::size_t write(std::string_view plain);

  /// Puts the end of what is sent into output(), if there is a connection that can be ended.
  void close();

  /// What the peer is to be sent.
  [[nodiscard]] std::string_view output() const noexcept;
  /// So much of output() was sent.
  void sent(std::size_t count) noexcept;

  [[nodiscard]] condition state() const noexcept { return state_; }
  /// Why it failed, for the log: one line; empty when it has not.
  [[nodiscard]] std::string const& failure() const noexcept { return failure_; }

  /// True when the handshake is done and the client's certificate was verified in it.
  [[nodiscard]] bool has_verified_peer() const noexcept;

 private:
  struct free_ssl {
    void operator()(ssl_st* ssl) const noexcept;
  };

  void look_at_first_bytes(std::string_view encrypted);
  void fail(int result);

  std::unique_ptr<engine_bio> wire_;
  std::unique_ptr<ssl_st, free_ssl> ssl_;
  std::string failure_;
  condition state_ = condition::open;
  bool verifies_peer_;
  bool begun_ = false;
  bool established_ = false;
  bool closed_ = false;
};

}  // namespace nsqlookupd::tls
