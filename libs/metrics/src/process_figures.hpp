// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace nsqlookupd::metrics {

/// A metric of this process, under the name that all of Prometheus' clients use.
struct process_figure {
  char const* name;
  char const* help;
  double value;
};

/// Linux's figures of this process. One that cannot be read is absent, as without /proc: a made-up
/// figure would set off alerts. So is the number of open descriptors where to count them would take
/// long. `connections`: about how many descriptors are open. `proc`: where Linux tells it.
[[nodiscard]] std::vector<process_figure> read_process_figures(std::int64_t connections,
                                                               std::filesystem::path const& proc);

}  // namespace nsqlookupd::metrics
