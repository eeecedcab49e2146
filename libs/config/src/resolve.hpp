// SPDX-License-Identifier: MIT
//
// The sources of settings, and which of them wins.
#pragma once

#include <nsqlookupd/config/command_line.hpp>

#include "flags.hpp"

#include <string>
#include <vector>

namespace nsqlookupd::config {

/// Takes each setting from the strongest of its sources: the flags, the environment, the config
/// file that one of them names. `variables`: names of variables that may be unknown.
[[nodiscard]] check_settings resolve(given_flags flags, environment const& variable,
                                     std::vector<std::string> const& variables);

}  // namespace nsqlookupd::config
