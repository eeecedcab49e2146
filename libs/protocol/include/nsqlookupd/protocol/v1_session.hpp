// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/protocol/client_error.hpp>
#include <nsqlookupd/protocol/command.hpp>
#include <nsqlookupd/protocol/session.hpp>
#include <nsqlookupd/registry/registration_db.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {

/// One client's side of protocol V1 (docs/PROTOCOL.md), which is PING, IDENTIFY, REGISTER,
/// UNREGISTER, and the ANNOUNCE of 2012: bytes in, bytes out, and the registry in between. Every
/// call that takes the registration_db runs on its strand.
class v1_session {
 public:
  static constexpr std::string_view magic = "  V1";

  /// `settings` and `remote_address` must outlive the session. `from`: the state that it goes on
  /// from.
  v1_session(session_settings const& settings, std::string_view remote_address,
             saved_session const& from = {});
  v1_session(v1_session const&) = delete;
  v1_session& operator=(v1_session const&) = delete;

  /// Executes the commands that `input` holds whole, `max_commands` at most, and appends the
  /// replies to `replies`, in order. Show the rest again, with more behind it unless
  /// progress::more. A command that has much to do may take several calls, and counts in
  /// each.
  progress consume(std::string_view input, registry::registration_db& db, registry::time_point now,
                   std::string& replies, std::size_t max_commands);

  /// The client will send no more, and `rest` was left unconsumed: appends what is to be told to a
  /// client that left a command half sent.
  void end_input(std::string_view rest, std::string& replies);

  /// The connection is over: takes its producer out of the registry. `cause`: why, for the journal.
  /// Called exactly once.
  void leave(registry::registration_db& db, registry::time_point now, std::string_view cause);

  /// The present state. The connection is not over when the session is destroyed then.
  [[nodiscard]] saved_session save() const;

  /// True when the client is a producer.
  [[nodiscard]] bool identified() const noexcept { return producer_.has_value(); }

  /// Why the session asked to close; empty when it did not.
  [[nodiscard]] std::string_view fatal_error() const noexcept { return fatal_error_; }

 private:
  using maybe_error = std::optional<client_error>;

  // The next bytes are one of these.
  enum class expect : std::uint8_t { line, body_size, body };
  // The command that a body belongs to.
  enum class body_of : std::uint8_t { identify, announce, refused_identify };

  struct announcement {
    std::string topic;
    std::string channel;
    std::string port;
  };

  // The arguments of one consume(), but for the input.
  struct context {
    registry::registration_db& db;
    registry::time_point now;
    std::string& replies;
  };

  // Takes one line, size or body off `input`; false when it is not all there.
  bool take_next(std::string_view& input, context const& with);
  bool take_line(std::string_view& input, context const& with);
  bool take_body_size(std::string_view& input, std::string& replies);
  bool take_body(std::string_view& input, context const& with);
  bool drop_body(std::string_view& input);

  maybe_error execute(command const& request, context const& with);
  void ping(context const& with);
  maybe_error expect_identify();
  maybe_error expect_announce(command const& request);
  maybe_error unregister(command const& request, registry::registration_db& db);
  maybe_error identify(std::string_view body, context const& with);
  maybe_error announce(std::string_view body, context const& with);

  void become_producer(std::string_view how, registry::peer_info peer, context const& with);
  void resign(registry::registration_db& db, std::string_view cause);
  maybe_error add_registration(std::string_view command, std::string_view topic,
                               std::string_view channel, registry::registration_db& db);
  void refuse(client_error const& error, std::string& replies);
  [[nodiscard]] std::string_view body_command() const noexcept;

  session_settings const& settings_;
  std::string_view remote_address_;
  std::string fatal_error_;
  std::unique_ptr<announcement> announcement_;
  std::optional<registry::producer_id> producer_;
  std::uint32_t body_size_ = 0;
  expect next_ = expect::line;
  body_of body_of_ = body_of::identify;
  bool closing_ = false;
  // The command that was executed last has more to do.
  bool is_unfinished_ = false;
};

/// The session that goes on from a saved state, or null when its magic is another protocol's.
/// `settings` and `remote_address` must outlive it.
[[nodiscard]] std::unique_ptr<v1_session> make_session(saved_session const& from,
                                                       session_settings const& settings,
                                                       std::string_view remote_address);

/// The session that begins with this magic, or null.
[[nodiscard]] inline std::unique_ptr<v1_session> make_session(std::string_view magic,
                                                              session_settings const& settings,
                                                              std::string_view remote_address) {
  return make_session(saved_session{.magic = std::string{magic}}, settings, remote_address);
}

}  // namespace nsqlookupd::protocol
