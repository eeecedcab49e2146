// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace nsqlookupd::registry {

/// What a producer said of itself in IDENTIFY, and the address it really came from (SPEC 1).
struct peer_info {
  /// `ip:port` of the connection, which is also the producer's identity: two connections of one
  /// nsqd are two producers.
  std::string remote_address;
  std::string hostname;
  std::string broadcast_address;
  /// As announced: negative numbers and numbers over 65535 are kept (SPEC 4, "IDENTIFY body").
  std::int64_t tcp_port = 0;
  std::int64_t http_port = 0;
  std::string version;
  std::string topology_zone;
  std::string topology_region;
};

}  // namespace nsqlookupd::registry
