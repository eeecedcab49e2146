// SPDX-License-Identifier: MIT
#pragma once

#include "experiment_result.hpp"
#include "rows.hpp"
#include "server_spec.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace bench {

/// The task of `compare`.
struct comparison {
  /// The first is held against the others.
  std::vector<server_spec> servers;
  std::size_t rounds = 9;
  /// Only rows whose name contains one of these; empty: all.
  std::vector<std::string> only;
  /// No further round of an experiment for a server that has taken so long over it.
  std::chrono::milliseconds row_time{60'000};
  experiment_limits limits;
};

/// Starts each server anew for every experiment and round, in turn, and hands on what each
/// experiment found. Throws std::runtime_error, one line, when there is nothing to compare, a
/// server cannot be started or stops answering.
void compare(comparison const& settings, std::function<void(experiment_result)> const& found);

}  // namespace bench
