// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace nsqlookupd::metrics {

/// Linux's figures of this process, under the names that all of Prometheus' clients use. A figure
/// that cannot be read is absent, as without /proc: a made-up figure would set off alerts.
struct process_figures {
  std::optional<double> cpu_seconds;
  std::optional<double> start_time_seconds;
  std::optional<double> virtual_memory_bytes;
  std::optional<double> resident_memory_bytes;
  std::optional<double> threads;
  std::optional<double> max_fds;
  /// Nothing, too, where to count them would take long.
  std::optional<double> open_fds;
};

/// `connections`: about how many descriptors are open. `proc`: where Linux tells it.
[[nodiscard]] process_figures read_process_figures(std::int64_t connections,
                                                   std::filesystem::path const& proc);

}  // namespace nsqlookupd::metrics
