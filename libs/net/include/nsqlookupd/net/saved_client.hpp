// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/net/vocabulary.hpp>
#include <nsqlookupd/protocol/session.hpp>

#include <optional>
#include <string>

namespace nsqlookupd::net {

/// A connection and its session between two steps, as plain values: it goes on from them in another
/// process, which has the descriptor.
struct saved_client {
  client_kind kind{};
  int descriptor = -1;
  std::string remote_address = {};
  /// Input that is not executed yet.
  std::string input = {};
  /// Replies, or a part of one, that the client has not taken yet.
  std::string output = {};
  /// Nothing more is to be read.
  bool is_closing = false;
  /// Nothing where it has not said yet which protocol it speaks, and for HTTP.
  std::optional<protocol::saved_session> session = {};
};

/// A session that may go on in another process. Its functions are called when nothing else runs.
class resumable {
 public:
  resumable() = default;
  resumable(resumable const&) = delete;
  resumable& operator=(resumable const&) = delete;
  virtual ~resumable() = default;

  /// True when nothing is in progress that save() would lose.
  [[nodiscard]] virtual bool is_idle() const = 0;

  /// The present state; nothing when the connection cannot go on.
  [[nodiscard]] virtual std::optional<saved_client> save() const = 0;

  /// Says that TLS ends, if it is spoken, before the connection is closed.
  virtual void end_tls() = 0;
};

}  // namespace nsqlookupd::net
