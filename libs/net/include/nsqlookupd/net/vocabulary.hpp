// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace nsqlookupd::net {

/// The protocol of a port, and of the clients that come in by it.
enum class client_kind : std::uint8_t { tcp, http };

/// Which HTTP requests get a line in the log.
enum class access_log : std::uint8_t {
  on,
  off,
  /// Those answered with a status of 400 or more.
  errors
};

}  // namespace nsqlookupd::net
