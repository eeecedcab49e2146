// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/result.hpp>

#include "field.hpp"

#include <functional>
#include <map>
#include <string>

namespace nsqlookupd::config {

/// The top level of a config file, by key.
using config_file = std::map<std::string, file_value, std::less<>>;

/// Reads the TOML file at `path`. The error is one line, with the number of the line in the file
/// that is not TOML: `toml: line 3: …`, or the system's: `open PATH: no such file or directory`.
[[nodiscard]] result<config_file> load_config_file(std::string const& path);

}  // namespace nsqlookupd::config
