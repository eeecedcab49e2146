// SPDX-License-Identifier: MIT
//
// The sources of settings: the flags, and which source wins.
#pragma once

#include <nsqlookupd/config/command_line.hpp>

#include "settings.hpp"

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nsqlookupd::config {

/// A flag of one command that is no setting: `strict` of `check`.
struct own_flag {
  std::string_view name;
  /// False for a switch, which is given or not.
  bool takes_value;
};

/// The settings that the flags give.
struct given_flags {
  /// The defaults, with the flags' values put in.
  values result;
  /// The names of the flags that were given.
  std::set<std::string, std::less<>> names;
  /// The arguments from the first that is no flag on.
  std::span<char const* const> rest;
  /// The command's own flags that were given, with their values; a switch has none.
  std::map<std::string, std::string, std::less<>> own;
  bool wants_help = false;
};

/// Reads arguments as Go's flag package does, up to the first that is no flag or asks for help. On
/// an error, what to print instead. `command`: as a user types it, `nsqlookupd check`. `own`: the
/// flags that it has beside the settings.
[[nodiscard]] std::variant<given_flags, print_and_exit> parse_flags(
    std::string_view command, std::span<own_flag const> own,
    std::span<char const* const> arguments);

/// Takes each setting from the strongest of its sources: the flags, the environment, the config
/// file that one of them names. `variables`: names of variables that may be unknown.
[[nodiscard]] check_settings resolve(given_flags flags, environment const& variable,
                                     std::vector<std::string> const& variables);

/// The settings, in groups: every flag with its type, meaning and default, as Go's flag package
/// shows it.
[[nodiscard]] std::string describe_flags();

/// The value of a setting as flags, variables and the file write it; strings in quotes.
[[nodiscard]] std::string value_text(setting const& of, values const& from);

/// A line on stderr that says what is wrong, and one that names the command's `-h`.
[[nodiscard]] print_and_exit misuse(std::string_view command, std::string const& line);

}  // namespace nsqlookupd::config
