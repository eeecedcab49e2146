// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::registry {

/// True when `name` may name a topic or a channel: `^[.a-zA-Z0-9_-]+(#ephemeral)?$`, 1 to 64
/// bytes with the suffix counted (docs/PROTOCOL.md, "Names").
[[nodiscard]] bool is_valid_name(std::string_view name) noexcept;

/// True when a topic or channel of this name goes with its last producer.
[[nodiscard]] bool is_ephemeral(std::string_view name) noexcept;

/// The topic that stands for all topics in reads (docs/PROTOCOL.md, "Wildcard"). No valid name.
inline constexpr std::string_view any_topic = "*";

/// The `<broadcast_address>:<http_port>` by which an admin names a producer
/// (docs/PROTOCOL.md, "Tombstones").
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
