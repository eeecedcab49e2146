// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/routes.hpp>
#include <nsqlookupd/http_api/watchers.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include "naive_registry.hpp"

#include <string>
#include <vector>

namespace nsqlookupd::test_support {

/// A server from its start to its end, as its handlers see it, and what it must know.
struct watched_server {
  watched_server(registry::lifetimes how_long, registry::history since)
      : db{how_long, {}, since}, model{how_long, {}} {
    db.follow(waiting);
  }

  registry::registration_db db;
  naive_registry model;
  http_api::watchers waiting;
  http_api::answer_cache cache;
  http_api::route_table routes{http_api::nsq_routes("0", cache)};
  std::vector<registry::producer_id> connected;
};

/// How `/lookup` shows a producer whose texts need no escapes.
[[nodiscard]] inline std::string shown(registry::peer_info const& peer) {
  auto const text = [](std::string const& name, std::string const& value) {
    return '"' + name + R"(":")" + value + '"';
  };
  return '{' + text("remote_address", peer.remote_address) + ',' + text("hostname", peer.hostname) +
         ',' + text("broadcast_address", peer.broadcast_address) + R"(,"tcp_port":)" +
         std::to_string(peer.tcp_port) + R"(,"http_port":)" + std::to_string(peer.http_port) + ',' +
         text("version", peer.version) + ',' + text("topology_zone", peer.topology_zone) + ',' +
         text("topology_region", peer.topology_region) + '}';
}

}  // namespace nsqlookupd::test_support
