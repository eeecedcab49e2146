// SPDX-License-Identifier: MIT
//
// The server as a member of a cluster: what its settings, its counters and its routes have to do
// with it.
#pragma once

#include <nsqlookupd/admin/routes.hpp>
#include <nsqlookupd/cluster/membership.hpp>
#include <nsqlookupd/config/options.hpp>
#include <nsqlookupd/etcd/client.hpp>
#include <nsqlookupd/metrics/counters.hpp>
#include <nsqlookupd/metrics/exposition.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <cstdint>

namespace nsqlookupd {

/// Throws std::runtime_error with one line when an endpoint is no URL.
[[nodiscard]] etcd::settings etcd_settings_of(config::options const& settings);

/// The settings of a member that has these ports. Requests to etcd are counted in `counted`, which
/// outlives it. `previous_lease`: that of the program that has handed over; 0: none. Throws as
/// etcd_settings_of() does.
[[nodiscard]] cluster::member_settings member_settings_of(config::options const& settings,
                                                          std::uint16_t tcp_port,
                                                          std::uint16_t http_port,
                                                          std::int64_t previous_lease,
                                                          metrics::etcd_counters& counted);

/// `/cluster`, and the line of `/readyz`. `joined` may be null.
[[nodiscard]] admin::cluster_report report_of(cluster::membership const* joined);

[[nodiscard]] metrics::cluster_figures figures_of(cluster::membership const& joined,
                                                  registry::totals const& all);

}  // namespace nsqlookupd
