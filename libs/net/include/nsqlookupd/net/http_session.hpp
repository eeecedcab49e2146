// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/auth/access_control.hpp>
#include <nsqlookupd/http_api/routes.hpp>
#include <nsqlookupd/http_api/watchers.hpp>
#include <nsqlookupd/metrics/counters.hpp>
#include <nsqlookupd/net/buffer_pool.hpp>
#include <nsqlookupd/net/client_memory.hpp>
#include <nsqlookupd/net/connection_group.hpp>
#include <nsqlookupd/net/listener.hpp>
#include <nsqlookupd/net/registration_actor.hpp>
#include <nsqlookupd/net/running_clock.hpp>
#include <nsqlookupd/net/turns.hpp>
#include <nsqlookupd/net/vocabulary.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace nsqlookupd::net {

/// Everything that sessions of the HTTP API share. All of it outlives them.
struct http_service {
  registration_actor& actor;
  http_api::watchers& watchers;
  connection_group& connections;
  client_memory& memory;
  turn_queue& turns;
  buffer_pool& buffers;
  wall_clock const& now;
  http_api::route_table const& routes;
  /// Whether the server was told to stop and only serves on so that clients can turn to others.
  std::atomic<bool> const& draining;
  /// Bytes of a request's body, which is read and dropped.
  std::size_t max_body_size;
  access_log logged;
  metrics::counters& counters;
  /// Where plain HTTP is sent when it must come over TLS; 0 when it is served.
  std::uint16_t https_port;
  /// The rights of clients; null: everybody may ask for everything.
  auth::access_control const* access_control;
};

/// Serves one HTTP client until it or the server wants no more (docs/PROTOCOL.md): reads requests,
/// asks the router, writes the answers to all that one read brought at once, or a turn's worth of
/// them. The client joins `service.connections` in the call already, before the coroutine runs.
task<void> run_http_session(accepted_client accepted, http_service const& service);

}  // namespace nsqlookupd::net
