// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/actor/registration_actor.hpp>
#include <nsqlookupd/metrics/counters.hpp>
#include <nsqlookupd/net/buffer_pool.hpp>
#include <nsqlookupd/net/connection_group.hpp>
#include <nsqlookupd/net/listener.hpp>
#include <nsqlookupd/net/wall_clock.hpp>
#include <nsqlookupd/protocol/v1_session.hpp>

namespace nsqlookupd::net {

/// What the sessions of the TCP protocol share. All of it outlives them.
struct lookup_service {
  actor::registration_actor& actor;
  connection_group& connections;
  buffer_pool& buffers;
  wall_clock const& now;
  protocol::session_settings const& settings;
  metrics::counters& counters;
};

/// Serves one TCP client to its end: reads the magic, looks the protocol up, runs its IO loop, and
/// takes its producer out of the registry (SPEC 1). The client joins `service.connections` in the
/// call already, before the coroutine runs.
actor::task<void> run_lookup_session(accepted_client accepted, lookup_service const& service);

}  // namespace nsqlookupd::net
