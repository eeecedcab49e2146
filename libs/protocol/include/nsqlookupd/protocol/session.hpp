// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/registration_db.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {

/// What a session did with the input it was given.
struct progress {
  /// Bytes that need not be shown again.
  std::size_t consumed = 0;
  /// True when a command has begun whose end is still to come, even if every byte so far is
  /// consumed: the client owes the rest.
  bool mid_command = false;
  /// True when the connection is to be closed once the replies are sent.
  bool close = false;
};

/// One client's side of a protocol: bytes in, bytes out, and the registry in between. Every call
/// that takes the registration_db runs on its strand.
class session {
 public:
  session() = default;
  session(session const&) = delete;
  session& operator=(session const&) = delete;
  virtual ~session() = default;

  /// Executes each command that `input` holds whole and appends the replies to `replies`, in order.
  /// What is not consumed is to be shown again with more behind it.
  virtual progress consume(std::string_view input, registry::registration_db& db,
                           registry::time_point now, std::string& replies) = 0;

  /// The client will send no more, and `rest` was left unconsumed: appends what is to be told to a
  /// client that left a command half sent.
  virtual void end_input(std::string_view rest, std::string& replies) = 0;

  /// The connection is over: takes its producer out of the registry. Afterwards the actor reclaims
  /// what it had registered. Called exactly once.
  virtual void leave(registry::registration_db& db) = 0;

  /// True when the client is a producer.
  [[nodiscard]] virtual bool identified() const noexcept = 0;

  /// Why the session asked to close; empty when it did not.
  [[nodiscard]] virtual std::string_view fatal_error() const noexcept = 0;
};

}  // namespace nsqlookupd::protocol
