// SPDX-License-Identifier: MIT
//
// The sources of settings, and which of them wins.
#pragma once

#include <nsqlookupd/config/command_line.hpp>

#include "flags.hpp"

#include <string>
#include <vector>

namespace nsqlookupd::config {

/// The settings of a server, and how they came about.
struct resolution {
  values settings;
  std::vector<used_setting> used;
  /// A line for each value that is refused.
  std::vector<std::string> faults;
  /// A line for each name that is no setting's.
  std::vector<std::string> unknown;
};

/// Takes each setting from the strongest of its sources: the flags, the environment, the config
/// file that one of them names. `variables`: names of variables that may be unknown.
[[nodiscard]] resolution resolve(given_flags const& flags, environment const& variable,
                                 std::vector<std::string> const& variables);

}  // namespace nsqlookupd::config
