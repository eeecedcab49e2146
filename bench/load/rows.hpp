// SPDX-License-Identifier: MIT
#pragma once

#include "figures.hpp"
#include "server_process.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace bench {

/// A line of the comparison: one figure of what was measured.
struct row {
  std::string name;
  std::string unit;
  double (*value)(figures const&);
};

/// The part of the floor server, which knows nothing, in an experiment.
enum class floor_part {
  /// It has no part: an answer that knows nothing says nothing here.
  none,
  /// It sends answers as large as the first server's.
  sends_answers,
  /// It keeps the names that are registered: it is its memory that counts.
  keeps_names,
};

/// One measurement of the comparison, and the rows that are taken from it.
struct experiment {
  std::vector<row> rows;
  std::function<figures(target const&)> measure;
  floor_part floor = floor_part::sends_answers;
  bool at_default_log_level = false;
};

/// The settings of all experiments.
struct experiment_limits {
  /// The length of each measurement where operations are counted.
  std::chrono::milliseconds time_limit{1'000};
  /// See load::patience.
  std::chrono::milliseconds patience{60'000};
  /// A hundredth of the load: that it runs, not what it costs.
  bool tiny = false;
};

[[nodiscard]] std::vector<experiment> all_experiments(experiment_limits const& limits);

}  // namespace bench
