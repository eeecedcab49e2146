// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http/head.hpp>
#include <nsqlookupd/http/reply.hpp>
#include <nsqlookupd/net/client_memory.hpp>
#include <nsqlookupd/net/connection.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace nsqlookupd::net {

/// Sends one HTTP client its replies. The rest that the client does not take at once is held here,
/// and no buffer besides; a body that several replies share is not copied.
class reply_writer {
 public:
  /// Why a client is cut that the server holds too much for.
  static constexpr std::string_view too_much =
      "too many replies that clients do not take are held already (--max-input-memory)";

  /// Both outlive it.
  reply_writer(connection& client, client_memory& memory) noexcept
      : client_{client}, memory_{memory} {}

  /// Puts the reply behind those that wait in `output`. A large body is sent at once, from where it
  /// is, and so is all that waits before it; `reply` is empty then. `head_only`: the answer to a
  /// HEAD request, whose body is left out. `how` and `date`: see http::append_head(). Nothing may
  /// be unsent.
  void add(http::reply& reply, http::framing how, bool head_only, std::string_view date,
           std::string& output);

  /// Sends `output` and then the body of `last`, as much as the client takes at once, and empties
  /// `output`. Nothing may be unsent.
  void send(std::string& output, http::body last = {});

  /// True when the client has not taken all that send() was given.
  [[nodiscard]] bool has_unsent() const noexcept { return unsent_ != nullptr; }

  /// Waits until the client has taken all of it. False when the client is gone, or all clients
  /// together hold too much.
  task<bool> send_unsent();

 private:
  // Heads and small bodies, then the body of the last reply from a position on.
  struct unsent {
    std::string text;
    http::body last;
    std::size_t position = 0;
  };

  [[nodiscard]] bool hold(unsent const& replies);
  task<boost::system::error_code> write(unsent* replies);

  connection& client_;
  client_memory& memory_;
  std::unique_ptr<unsent> unsent_;
};

}  // namespace nsqlookupd::net
