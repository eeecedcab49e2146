// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace nsqlookupd::registry {

/// How a session names its producer to the registration_db: given by add_producer(), good until
/// remove_producer().
enum class producer_id : std::uint32_t {};

/// How it is known that there is a producer.
enum class origin : std::uint8_t {
  /// Its connection is here.
  connection,
  /// It was known before a restart, and no connection has taken it over yet.
  store,
  /// Its connection is at another member of the cluster.
  member
};

/// A producer as it described itself (docs/PROTOCOL.md, "IDENTIFY body"), and its real address.
struct peer_info {
  /// `ip:port` of the connection, which is also the producer's identity: two connections of one
  /// nsqd are two producers.
  std::string remote_address;
  std::string hostname;
  std::string broadcast_address;
  /// As announced: negative numbers and numbers over 65535 are kept.
  std::int64_t tcp_port = 0;
  std::int64_t http_port = 0;
  std::string version;
  std::string topology_zone;
  std::string topology_region;

  bool operator==(peer_info const&) const = default;
};

}  // namespace nsqlookupd::registry
