// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace nsqlookupd::soak {

/// The work, and for how long.
struct soak_options {
  std::chrono::milliseconds duration;
  /// On top of those that the churn needs.
  std::vector<std::string> server_flags;
  std::uint64_t seed;
};

/// Starts a server and lets the churn run in laps: after each the server knows as little as before,
/// so that its memory can be compared. Prints a line for each lap, and a summary. Throws
/// std::runtime_error, one line, at the first wrong answer, and when the memory has grown or the
/// server does not end well.
void run_soak(soak_options const& how);

}  // namespace nsqlookupd::soak
