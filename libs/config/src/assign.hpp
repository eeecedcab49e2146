// SPDX-License-Identifier: MIT
//
// How a text becomes the value of a setting.
#pragma once

#include "config_file.hpp"
#include "settings.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::config {

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
