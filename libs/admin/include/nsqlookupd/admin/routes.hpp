// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/routes.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace nsqlookupd::admin {

/// How the server stands to the other members of its cluster.
struct cluster_report {
  /// Whether clients may be sent here.
  bool is_ready = true;
  /// The line of `/readyz?verbose`; empty where the server is alone.
  std::string check = {};
  /// The body of `/cluster`.
  std::string json = {};
};

/// The server's own properties, for the answers that show them.
struct server_info {
  /// The version number without a `v`.
  std::string version;
  /// The tool chain, `gcc-12.2.0`.
  std::string built_with;
  /// Whether it was told to stop and only serves on so that clients have time to turn to others.
  std::atomic<bool> draining = false;
  /// The body of `/metrics`. Called on the registration_db's strand.
  std::function<std::string(registry::totals const&)> metrics = nullptr;
  /// Any thread.
  std::function<cluster_report()> cluster = nullptr;
};

/// The routes of operators' tools: `/livez`, `/readyz`, `/metrics`, `/cluster`, `/openapi.json`,
/// `/config/log_level`, `/ui/` and `/debug/pprof`. `server` outlives them.
[[nodiscard]] std::vector<http_api::route> routes(server_info const& server);

}  // namespace nsqlookupd::admin
