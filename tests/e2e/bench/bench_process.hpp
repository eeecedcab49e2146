// SPDX-License-Identifier: MIT
#pragma once

#include "child_process.hpp"

#include <string>
#include <vector>

namespace nsqlookupd::e2e {

/// Runs nsqlookupd-bench to its end. Throws std::runtime_error when it does not come to it.
[[nodiscard]] test_support::ended_process run_bench(std::vector<std::string> arguments);

/// The one line of complaint with which it ends on these arguments, without the program's name.
/// When it does not end so, a description of its end.
[[nodiscard]] std::string complaint_of(std::vector<std::string> arguments);

}  // namespace nsqlookupd::e2e
