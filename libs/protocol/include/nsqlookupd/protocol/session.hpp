// SPDX-License-Identifier: MIT
//
// The settings, the results and the state of sessions.
#pragma once

#include <nsqlookupd/metrics/counters.hpp>
#include <nsqlookupd/protocol/vocabulary.hpp>
#include <nsqlookupd/registry/peer_info.hpp>

#include <cstddef>
#include <cstdint>
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

/// How many bytes a client sends first to say which protocol it speaks.
inline constexpr std::size_t magic_size = 4;

/// The reply, framed, to a magic that no protocol has.
inline constexpr std::string_view bad_protocol = "E_BAD_PROTOCOL";

}  // namespace nsqlookupd::protocol
