// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/protocol/v1_session.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::protocol {

using replies = std::vector<std::string>;

/// The reply of these tests' server to a good IDENTIFY.
inline constexpr std::string_view our_identity = R"({"broadcast_address":"us"})";

/// These settings, with our_identity.
[[nodiscard]] session_settings with_policy(client_error_policy policy);

/// The server's replies, taken out of their frames. Throws std::runtime_error when these are not
/// whole frames.
[[nodiscard]] replies unframe(std::string_view bytes);

/// A client of protocol V1 without a socket: a session, and the server's part around it.
class v1_client {
 public:
  explicit v1_client(registry::registration_db& db,
                     session_settings settings = with_policy(client_error_policy::continue_session),
                     std::string remote_address = "10.0.0.1:5000");
  v1_client(v1_client const&) = delete;
  v1_client& operator=(v1_client const&) = delete;

  /// Sends these bytes. Bytes that the session does not consume are shown to it again first.
  /// Returns the replies.
  replies send(std::string_view bytes);

  /// Sends no more. Returns the replies to that.
  replies end();

  /// Another session goes on from the state of this one.
  void hand_over();

  /// The connection is over.
  void leave(std::string_view cause = "EOF");

  /// The session's progress with the bytes last sent.
  [[nodiscard]] progress const& last() const noexcept { return last_; }
  /// True when the session has asked to close.
  [[nodiscard]] bool closed() const noexcept { return last_.close; }
  [[nodiscard]] bool identified() const noexcept { return session_->identified(); }
  [[nodiscard]] std::string fatal_error() const { return std::string{session_->fatal_error()}; }

  /// The time at which what is sent arrives.
  registry::time_point now;

 private:
  registry::registration_db& db_;
  session_settings settings_;
  std::string remote_address_;
  std::unique_ptr<v1_session> session_;
  std::string unconsumed_;
  progress last_;
};

}  // namespace nsqlookupd::protocol
