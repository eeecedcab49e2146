// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// What `compare` is to do.
struct comparison {
  /// Binaries, the first of which the others are held against. v1.3.0's flags are all they get.
  std::vector<std::string> servers;
  std::size_t rounds = 9;
  /// Only rows whose name contains this; empty: all.
  std::string only;
};

/// Starts each server anew for every row and round, in turn, and prints medians and ratios. Throws
/// std::runtime_error, one line, when a server cannot be started or stops answering.
void compare(comparison const& what);

}  // namespace bench
