// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>

namespace nsqlookupd::config {

/// A value of the config file, brought down to what matters here.
struct file_value {
  enum class kind { string, integer, boolean, other };

  kind type;
  /// The value as text.
  std::string text;
  std::size_t line;
};

/// The top level of a config file, by key.
using config_file = std::map<std::string, file_value, std::less<>>;

/// Reads the TOML file at `path`. Throws a std::runtime_error that names the file and, if it is not
/// TOML, the line: `failed to load config file PATH - toml: line 3: …`.
[[nodiscard]] config_file load_config_file(std::string const& path);

}  // namespace nsqlookupd::config
