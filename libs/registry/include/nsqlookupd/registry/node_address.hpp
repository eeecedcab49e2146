// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::registry {

/// The `<broadcast_address>:<http_port>` by which an admin names a producer (SPEC 2,
/// `/topic/tombstone`).
struct node_address {
  /// Without the brackets of an IPv6 literal.
  std::string host;
  std::int64_t http_port = 0;

  /// Reads `host:port`, `[v6]:port` and `v6:port`; the port is what follows the last colon, a
  /// decimal integer as producers announce it. Returns nothing when `text` has no such port.
  [[nodiscard]] static std::optional<node_address> parse(std::string_view text);
};

/// `host` without the square brackets around it, if it has both.
[[nodiscard]] std::string_view without_brackets(std::string_view host) noexcept;

}  // namespace nsqlookupd::registry
