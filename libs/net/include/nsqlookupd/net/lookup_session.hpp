// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/metrics/counters.hpp>
#include <nsqlookupd/net/buffer_pool.hpp>
#include <nsqlookupd/net/client_memory.hpp>
#include <nsqlookupd/net/connection_group.hpp>
#include <nsqlookupd/net/listener.hpp>
#include <nsqlookupd/net/registration_actor.hpp>
#include <nsqlookupd/net/running_clock.hpp>
#include <nsqlookupd/net/turns.hpp>
#include <nsqlookupd/protocol/session.hpp>

namespace nsqlookupd::net {

/// Everything that sessions of the TCP protocol share. All of it outlives them.
struct lookup_service {
  registration_actor& actor;
  connection_group& connections;
  client_memory& memory;
  turn_queue& turns;
  buffer_pool& buffers;
  wall_clock const& now;
  protocol::session_settings const& settings;
  metrics::counters& counters;
};

/// Serves one TCP client to its end: reads the magic, begins the protocol, runs its IO loop, and
/// takes its producer out of the registry (docs/PROTOCOL.md, "End of input"). The client joins
/// `service.connections` in the call already, before the coroutine runs.
task<void> run_lookup_session(accepted_client accepted, lookup_service const& service);

}  // namespace nsqlookupd::net
