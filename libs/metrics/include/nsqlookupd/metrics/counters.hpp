// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/metrics/counter.hpp>
#include <nsqlookupd/metrics/histogram.hpp>
#include <nsqlookupd/metrics/labelled_counters.hpp>

#include <span>
#include <string_view>

namespace nsqlookupd::metrics {

/// What a server counts while it runs. docs/METRICS.md says what each means. Any thread.
struct counters {
  /// See request_counters.
  explicit counters(std::span<std::string_view const> http_routes) : http_requests{http_routes} {}

  gauge tcp_connections;
  gauge http_connections;
  named_counters<6> commands{{"PING", "REGISTER", "UNREGISTER", "IDENTIFY", "ANNOUNCE", "invalid"}};
  named_counters<6> protocol_errors{
      {"E_INVALID", "E_BAD_TOPIC", "E_BAD_CHANNEL", "E_BAD_BODY", "E_BAD_PROTOCOL", "other"}};
  request_counters http_requests;
  /// One observation for each input that was executed, with all commands in it.
  histogram command_duration;
  histogram http_request_duration;
  /// From when something was due to when the registry's owner came to it.
  histogram actor_queue;
};

}  // namespace nsqlookupd::metrics
