// SPDX-License-Identifier: MIT
//
// The rules for the settings of a cluster, alone and together.
#pragma once

#include <nsqlookupd/config/options.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::config {

/// The rule of an endpoint: http or https, a host, perhaps a port, and no more.
[[nodiscard]] std::string refuse_endpoint(std::string_view text);

[[nodiscard]] std::string refuse_cluster_name(std::string_view text);

/// Empty is good: the daemon makes one.
[[nodiscard]] std::string refuse_node_id(std::string_view text);

/// Adds a line for each of these settings that needs another.
void note_cluster_faults(options const& settings, std::vector<std::string>& faults);

/// Adds a line when settings of etcd are given, and no etcd.
void note_idle_cluster_settings(options const& settings, std::vector<std::string>& warnings);

}  // namespace nsqlookupd::config
