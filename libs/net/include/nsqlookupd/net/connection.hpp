// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http/reply.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/net/client_memory.hpp>
#include <nsqlookupd/net/connection_group.hpp>
#include <nsqlookupd/net/listener.hpp>
#include <nsqlookupd/net/task.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::net {

/// `ip:port` as Go prints it: IPv6 in brackets, IPv4 that came in over IPv6 as IPv4.
[[nodiscard]] std::string to_string(boost::asio::ip::tcp::endpoint const& endpoint);

/// One accepted client: its socket, its deadline, the input of a command that is not whole yet, and
/// the replies that it has not taken yet. Owned by its session's coroutine and used by it alone.
/// Whether TLS is spoken underneath is not to be seen: the handshake goes on within read_some().
class connection {
 public:
  /// Joins `group`, which must outlive it, as must `memory`. Has the input and the output of
  /// `before`, unless that is null.
  connection(accepted_client accepted, saved_client const* before, connection_group& group,
             client_memory& memory, resumable& session);
  connection(connection const&) = delete;
  connection& operator=(connection const&) = delete;
  ~connection();

  [[nodiscard]] std::string const& remote_address() const noexcept { return remote_address_; }

  /// The same, for a line of the log.
  [[nodiscard]] log::field<std::string> log_name() const noexcept {
    return {"client", remote_address_};
  }

  /// Waits until there is something to read, or the end of the input: to be awaited for a tuple
  /// with the error. No coroutine, so that a client who waits takes no frame for it.
  [[nodiscard]] auto wait_readable() { return socket_.async_wait(readable_event(), token); }

  /// Reads what there is, without waiting. The error is `would_block` when there is nothing, `eof`
  /// at the end of the input, and `connection_aborted` when TLS failed; see tls_failure().
  std::size_t read_some(std::span<char> into, boost::system::error_code& error);

  /// Why a client is cut that the server holds too much for.
  static constexpr std::string_view too_much_unsent =
      "too many replies that clients do not take are held already (-max-input-memory)";

  /// Sends `output` and then `last`, as much as the client takes at once, and empties `output`. The
  /// rest is held; a body that several replies share is not copied. While something is unsent,
  /// there may be nothing to send.
  void send(std::string& output, http::body last = {});

  /// Whether the session's state is whole: it is, except while a step is under way.
  [[nodiscard]] bool is_at_rest() const noexcept { return is_at_rest_; }

  /// A step of the session, or a wait within one: says whether it is at rest, until the end of its
  /// life brings back what was so before.
  class rest_scope {
   public:
    rest_scope(connection& client, bool is_at_rest) noexcept
        : is_at_rest_{client.is_at_rest_}, before_{std::exchange(is_at_rest_, is_at_rest)} {}
    rest_scope(rest_scope const&) = delete;
    rest_scope& operator=(rest_scope const&) = delete;
    ~rest_scope() { is_at_rest_ = before_; }

   private:
    bool& is_at_rest_;
    bool before_;
  };

  /// Its part of the state; nothing when it speaks TLS. Its session adds the rest.
  [[nodiscard]] std::optional<saved_client> save() const;

  /// Says that TLS ends, if it is spoken.
  void close_tls() {
    if (tls_) {
      tls_->close();
    }
  }

  /// True when the client has not taken all that send() was given.
  [[nodiscard]] bool has_unsent() const noexcept { return unsent_ != nullptr; }

  /// Waits until the client has taken all of it, under one `deadline::write`. `no_buffer_space`
  /// when all clients together hold too much.
  task<boost::system::error_code> send_unsent(bool is_producer);

  /// Says that nothing more will be sent, then waits, at most for `deadline::linger`, until the
  /// peer closes too. Closing at once, with input unread, would make the peer lose the last reply.
  task<void> linger();

  /// The input that is held, with `fresh` behind it: what there is to serve now. Good until the
  /// next call of hold().
  [[nodiscard]] std::string_view input_with(std::string_view fresh);

  /// True when there is input that was not served: held, or with the system.
  [[nodiscard]] bool has_input() const;

  /// Keeps the end of what held_with() returned, that is `rest`, for when there is more. False, and
  /// nothing is held, when the server holds too much already.
  [[nodiscard]] bool hold(std::string_view rest, bool is_producer);

  /// Accounts for `bytes` of a reply that its session is still writing, in place of those before.
  /// False, and nothing is accounted for, when the server holds too much already.
  [[nodiscard]] bool hold_output(std::size_t bytes, bool is_producer) noexcept {
    return memory_.resize(client_memory::use::output, output_bytes_, bytes, is_producer);
  }

  /// A wait of at most `how_long` for something else than the client's next bytes.
  [[nodiscard]] interruptible_wait wait_at_most(
      std::chrono::nanoseconds how_long,
      interruptible_wait::purpose why = interruptible_wait::purpose::change) {
    return {group_, socket_, how_long, why};
  }

  /// Starts the deadline, in place of the one that ran before.
  void arm(deadline kind) { group_.arm(member_, kind); }
  /// The same, but lets it run on where it runs already.
  void keep_armed(deadline kind) {
    if (member_.armed != kind) {
      arm(kind);
    }
  }
  void disarm() {
    if (member_.armed) {
      group_.disarm(member_);
    }
  }

  /// Why the connection ended, for the log: the deadline that passed, the server's stop, or
  /// `error`.
  [[nodiscard]] std::string end_reason(boost::system::error_code error) const;

  /// The deadline for which the connection was cut, if it was.
  [[nodiscard]] std::optional<deadline> missed_deadline() const { return group_.expired(member_); }

  /// True when the client has shown a certificate that was verified.
  [[nodiscard]] bool has_verified_peer() const noexcept {
    return tls_ && tls_->has_verified_peer();
  }

  /// Why TLS could not be spoken with the client, for the log; empty when it could.
  [[nodiscard]] std::string_view tls_failure() const noexcept {
    return tls_ ? std::string_view{tls_->failure()} : std::string_view{};
  }

 private:
  // Heads and small bodies, then the body of the last reply.
  struct unsent_replies {
    std::string text;
    http::body last;
    // How much of each the client has taken; of the body, by its pieces.
    std::size_t text_position = 0;
    std::size_t position = 0;
    std::size_t piece = 0;

    [[nodiscard]] std::string_view head() const {
      return std::string_view{text}.substr(text_position);
    }
    // The rest of the piece that comes next.
    [[nodiscard]] std::string_view body() const {
      return (piece == 0 ? last.first() : std::string_view{last.more[piece - 1]}).substr(position);
    }
    [[nodiscard]] std::string rest() const;
    // The client has taken all but so much of head() and body(). False when that was everything.
    bool advance(std::size_t head_left, std::size_t body_left);
  };

  [[nodiscard]] boost::asio::socket_base::wait_type readable_event() const noexcept;
  boost::system::error_code send_some(std::string_view& head, std::string_view& body);
  [[nodiscard]] bool hold(unsent_replies const& replies, bool is_producer);
  boost::system::error_code send_unsent_some();

  session_socket socket_;
  connection_group& group_;
  client_memory& memory_;
  group_member member_;
  std::string remote_address_;
  bool is_at_rest_ = true;
  large_text unfinished_;
  std::unique_ptr<unsent_replies> unsent_;
  // The bytes that memory_ accounts for.
  std::size_t input_bytes_ = 0;
  std::size_t output_bytes_ = 0;
  // Null when the connection is plain.
  std::unique_ptr<tls::stream> tls_;
};

}  // namespace nsqlookupd::net
