// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/peer_info.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {

/// An IDENTIFY body, read.
struct identify_result {
  /// Empty when the body could be decoded; else why not, for the log.
  std::string decode_error;
  /// `remote_address` is empty: it is not the body's to say.
  registry::peer_info peer;
};

/// Reads an IDENTIFY body as v1.3.0 does, tolerances included (docs/PROTOCOL.md, "IDENTIFY body").
[[nodiscard]] identify_result parse_identify(std::string_view body);

/// True when all that IDENTIFY requires is there and not empty or zero.
[[nodiscard]] bool is_complete(registry::peer_info const& peer) noexcept;

/// The server as it describes itself in its reply to IDENTIFY.
struct server_identity {
  std::string broadcast_address;
  std::string hostname;
  std::uint16_t http_port = 0;
  std::uint16_t tcp_port = 0;
  std::string version;
};

/// The JSON of the reply to IDENTIFY: one object, keys in the order of `server_identity`.
[[nodiscard]] std::string identify_reply(server_identity const& self);

}  // namespace nsqlookupd::protocol
