// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/metrics/counters.hpp>
#include <nsqlookupd/protocol/vocabulary.hpp>
#include <nsqlookupd/registry/registration_db.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::protocol {

/// The settings that all sessions of a server share.
struct session_settings {
  client_error_policy policy = client_error_policy::continue_session;
  /// Bytes before the `\n`.
  std::size_t max_line_size = 4096;
  /// Bytes of an IDENTIFY or ANNOUNCE body.
  std::size_t max_body_size = std::size_t{1} << 20U;
  /// See identify_reply().
  std::string identify_reply;
  /// Where commands and errors are counted; null: nowhere.
  metrics::counters* counters = nullptr;
};

/// The result of one look at a session's input.
struct progress {
  /// Bytes that need not be shown again.
  std::size_t consumed = 0;
  /// True when a command has begun whose end is still to come, even if every byte so far is
  /// consumed: the client owes the rest.
  bool mid_command = false;
  /// True when what is not consumed may hold whole commands: they wait for the next call.
  bool more = false;
  /// True when the connection is to be closed once the replies are sent.
  bool close = false;
};

/// A session between two calls, as plain values: another one that is made of it goes on from there.
struct saved_session {
  std::string magic = {};
  std::optional<registry::producer_id> producer = {};
  /// Zero between two commands. Otherwise the part of one that comes next, by a number of the
  /// protocol's own, and what is known of that command.
  std::uint8_t next = 0;
  std::uint8_t body_of = 0;
  std::uint32_t body_size = 0;
  std::vector<std::string> announcement = {};
  /// Why the session asked to close; empty when it did not.
  std::string fatal_error = {};
};

/// One client's side of a protocol: bytes in, bytes out, and the registry in between. Every call
/// that takes the registration_db runs on its strand.
class session {
 public:
  session() = default;
  session(session const&) = delete;
  session& operator=(session const&) = delete;
  virtual ~session() = default;

  /// Executes the commands that `input` holds whole, `max_commands` at most, and appends the
  /// replies to `replies`, in order. Show the rest again, with more behind it unless
  /// progress::more. A command that has much to do may take several calls, and counts in
  /// each.
  virtual progress consume(std::string_view input, registry::registration_db& db,
                           registry::time_point now, std::string& replies,
                           std::size_t max_commands) = 0;

  /// The client will send no more, and `rest` was left unconsumed: appends what is to be told to a
  /// client that left a command half sent.
  virtual void end_input(std::string_view rest, std::string& replies) = 0;

  /// The connection is over: takes its producer out of the registry. `cause`: why, for the journal.
  /// Called exactly once.
  virtual void leave(registry::registration_db& db, registry::time_point now,
                     std::string_view cause) = 0;

  /// The present state. The connection is not over when the session is destroyed then.
  [[nodiscard]] virtual saved_session save() const = 0;

  /// True when the client is a producer.
  [[nodiscard]] virtual bool identified() const noexcept = 0;

  /// Why the session asked to close; empty when it did not.
  [[nodiscard]] virtual std::string_view fatal_error() const noexcept = 0;
};

/// How many bytes a client sends first to say which protocol it speaks.
inline constexpr std::size_t magic_size = 4;

/// The reply, framed, to a magic that no protocol has.
inline constexpr std::string_view bad_protocol = "E_BAD_PROTOCOL";

/// A session of the protocol with this magic, or null when there is none. `settings` and
/// `remote_address` must outlive the session. A new protocol is a new row of the table behind this.
[[nodiscard]] std::unique_ptr<session> make_session(std::string_view magic,
                                                    session_settings const& settings,
                                                    std::string_view remote_address);

/// The same, which goes on from a saved state.
[[nodiscard]] std::unique_ptr<session> make_session(saved_session const& from,
                                                    session_settings const& settings,
                                                    std::string_view remote_address);

}  // namespace nsqlookupd::protocol
