// SPDX-License-Identifier: MIT
//
// The one table of settings. Flags, environment, config file and usage text all read it.
#pragma once

#include "field.hpp"

#include <span>
#include <string>
#include <string_view>

namespace nsqlookupd::config {

/// Where a setting can be given.
enum class reach { flag, flag_and_environment, everywhere };

struct setting {
  /// The flag, without its dash.
  std::string_view name;
  /// What it means, as the usage text says it.
  std::string_view meaning;
  config::field field;
  config::reach reach = reach::everywhere;
};

[[nodiscard]] std::span<setting const> settings();

/// The setting whose flag is `name`, or null.
[[nodiscard]] setting const* find_setting(std::string_view name);

/// The environment variable of a setting: `NSQLOOKUPD_TCP_ADDRESS`.
[[nodiscard]] std::string variable_name(setting const& of);

/// The key of a setting in the config file: `tcp_address`.
[[nodiscard]] std::string file_key(setting const& of);

}  // namespace nsqlookupd::config
