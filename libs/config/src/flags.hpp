// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/command_line.hpp>

#include "field.hpp"

#include <functional>
#include <set>
#include <span>
#include <string>
#include <variant>

namespace nsqlookupd::config {

/// What the flags say.
struct given_flags {
  /// The defaults, with the flags' values put in.
  values result;
  /// The names of the flags that were given.
  std::set<std::string, std::less<>> names;
};

/// Reads arguments as Go's flag package does, up to the first that is no flag. On an error, or when
/// help is asked for, what to print instead.
[[nodiscard]] std::variant<given_flags, print_and_exit> parse_flags(
    std::span<char const* const> arguments);

}  // namespace nsqlookupd::config
