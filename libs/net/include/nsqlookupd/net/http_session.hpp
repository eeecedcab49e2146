// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/actor/registration_actor.hpp>
#include <nsqlookupd/auth/access_control.hpp>
#include <nsqlookupd/http_api/respond.hpp>
#include <nsqlookupd/metrics/counters.hpp>
#include <nsqlookupd/net/buffer_pool.hpp>
#include <nsqlookupd/net/connection_group.hpp>
#include <nsqlookupd/net/listener.hpp>
#include <nsqlookupd/net/wall_clock.hpp>

#include <cstddef>
#include <cstdint>

namespace nsqlookupd::net {

/// Which requests get a line in the log.
enum class access_log : std::uint8_t { on, off, errors };

/// What the sessions of the HTTP API share. All of it outlives them.
struct http_service {
  actor::registration_actor& actor;
  connection_group& connections;
  buffer_pool& buffers;
  wall_clock const& now;
  http_api::server_info const& server;
  /// Used inside the actor.
  http_api::kept_answers& kept;
  /// Bytes of a request's body, which is read and dropped.
  std::size_t max_body_size;
  access_log logged;
  metrics::counters& counters;
  /// Where plain HTTP is sent when it must come over TLS; 0 when it is served.
  std::uint16_t https_port;
  /// Who may ask for what; null: anybody for anything.
  auth::access_control const* access_control;
};

/// Serves one HTTP client until it or the server wants no more (SPEC 2): reads requests, asks the
/// router, writes the answers to all that one read brought at once. The client joins
/// `service.connections` in the call already, before the coroutine runs.
actor::task<void> run_http_session(accepted_client accepted, http_service const& service);

}  // namespace nsqlookupd::net
