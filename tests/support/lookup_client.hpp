// SPDX-License-Identifier: MIT
#pragma once

#include "tcp_client.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace nsqlookupd::test_support {

/// The body that an nsqd at this address sends; `http_port` is 4151.
[[nodiscard]] std::string identity_of(std::string_view broadcast_address);

/// A client of the TCP protocol: a tcp_client that has sent the magic.
class lookup_client : public tcp_client {
 public:
  explicit lookup_client(std::uint16_t port, std::string const& host = "127.0.0.1",
                         int receive_buffer = 0);
  /// The same over TLS.
  lookup_client(std::uint16_t port, tls_settings const& how);

  /// Sends the line, with `\n`, and receives its reply.
  std::string command(std::string_view line);

  /// Identifies itself with identity_of(), and receives the reply.
  std::string identify(std::string_view broadcast_address = "10.0.0.1");

  /// How the answers over HTTP show it after identify().
  [[nodiscard]] std::string as_producer(std::string_view broadcast_address = "10.0.0.1") const;
};

}  // namespace nsqlookupd::test_support
