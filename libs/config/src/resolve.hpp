// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/command_line.hpp>

#include "config_file.hpp"
#include "flags.hpp"

#include <string>

namespace nsqlookupd::config {

/// All that values can come from, the weakest last. For the time of one call.
struct sources {
  given_flags const& flags;
  environment const& variable;
  config_file const& file;
  /// Where `file` was read from, for the messages.
  std::string const& path;
};

/// Takes each setting from the strongest of its sources.
[[nodiscard]] outcome resolve(sources const& from);

}  // namespace nsqlookupd::config
