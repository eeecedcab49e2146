// SPDX-License-Identifier: MIT
//
// Producers and moments as the registry's tests name them.
#pragma once

#include <nsqlookupd/registry/registration_db.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace nsqlookupd::registry {

/// So many seconds after some beginning.
inline time_point at(int seconds) {
  return time_point{std::chrono::seconds{seconds}};
}

/// A producer whose connection comes from `remote`, and whom clients dial at `host`.
inline peer_info peer(std::string remote, std::string host = "host",
                      std::int64_t http_port = 4151) {
  peer_info made;
  made.remote_address = std::move(remote);
  made.broadcast_address = std::move(host);
  made.tcp_port = 4150;
  made.http_port = http_port;
  made.version = "1.3.0";
  return made;
}

/// Gives back all at once.
inline void reclaim_all(registration_db& db) {
  constexpr std::size_t plenty = 1'000'000;
  static_cast<void>(db.reclaim(plenty));
}

}  // namespace nsqlookupd::registry
