// SPDX-License-Identifier: MIT
//
// The config file, and how a text becomes the value of a setting.
#pragma once

#include "settings.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::config {

/// A value of the config file, brought down to what matters here.
struct file_value {
  enum class kind { string, integer, boolean, list, other };

  kind type;
  /// The value as text.
  std::string text;
  std::size_t line;
  /// The strings of a list.
  std::vector<std::string> parts = {};
};

/// The top level of a config file, by key.
using config_file = std::map<std::string, file_value, std::less<>>;

/// Reads the TOML file at `path`. Throws a std::runtime_error that names the file and, if it is not
/// TOML, the line: `failed to load config file PATH - toml: line 3: …`.
[[nodiscard]] config_file load_config_file(std::string const& path);

/// Why a text is not a value of a setting.
struct rejection {
  std::string reason;
  /// The reason is one that Go's flags do not tell.
  bool malformed = false;
  /// More to say behind the reason, whoever tells it.
  std::string_view hint = {};
};

/// Sets `to` in `target` from the text of a flag or a variable, or says why not.
[[nodiscard]] std::optional<rejection> assign(setting const& to, values& target,
                                              std::string_view text);

/// Sets `to` in `target` from a value of the config file, or says why not. For a duration, an
/// integer is milliseconds.
[[nodiscard]] std::optional<rejection> assign(setting const& to, values& target,
                                              file_value const& value);

}  // namespace nsqlookupd::config
