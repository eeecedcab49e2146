// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

namespace nsqlookupd::metrics {

/// What Linux tells of this process, under the names that all of Prometheus' clients have for it.
struct process_figures {
  double cpu_seconds = 0;
  double start_time_seconds = 0;
  double virtual_memory_bytes = 0;
  double resident_memory_bytes = 0;
  double threads = 0;
  double max_fds = 0;
  /// Nothing where to count them would take long.
  std::optional<double> open_fds;
};

/// `connections`: about how many descriptors are open.
[[nodiscard]] process_figures read_process_figures(std::int64_t connections);

}  // namespace nsqlookupd::metrics
