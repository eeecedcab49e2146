// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace nsqlookupd::protocol {

/// Says whether a connection goes on after an error (docs/PROTOCOL.md, "After an error").
enum class client_error_policy : std::uint8_t {
  /// The connection goes on as long as the byte stream is in step.
  continue_session,
  /// Every error ends it.
  close
};

}  // namespace nsqlookupd::protocol
