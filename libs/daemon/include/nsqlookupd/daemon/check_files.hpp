// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/options.hpp>

#include <string>
#include <vector>

namespace nsqlookupd {

/// The state of the files and addresses that settings name.
struct files_report {
  /// A line for each thing that was found: `certificate PATH is valid until …`.
  std::vector<std::string> found;
  /// A line for each fault that would keep the server from starting.
  std::vector<std::string> faults;
  /// A line for each that would only keep clients away.
  std::vector<std::string> warnings;
};

/// Reads certificates and tokens as a server with these settings would at start, and its addresses
/// without listening there; looks at the directory of -data-path. Changes nothing.
[[nodiscard]] files_report check_files(config::options const& settings);

}  // namespace nsqlookupd
