// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace nsqlookupd::tls {

/// The demand on a client's certificate, as nsqd's `-tls-client-auth-policy` names it.
enum class client_auth : std::uint8_t {
  none,
  /// There must be one, whoever has signed it.
  require,
  /// There must be one that a root certificate vouches for.
  require_verify
};

/// A version of the protocol.
enum class version : std::uint8_t { tls_1_0, tls_1_1, tls_1_2, tls_1_3 };

}  // namespace nsqlookupd::tls
