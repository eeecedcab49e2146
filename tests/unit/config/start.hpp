// SPDX-License-Identifier: MIT
//
// parse() as the tests call it, and its outcomes taken apart.
#pragma once

#include <nsqlookupd/config/command_line.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::config::test {

using arguments = std::vector<std::string>;
using variables = std::map<std::string, std::string>;

/// The task of a process that is started with these flags and this environment.
[[nodiscard]] outcome start(arguments const& flags, variables const& environment = {});

/// The same, with a config file of these bytes.
[[nodiscard]] outcome start_with_file(std::string_view bytes, arguments const& flags = {},
                                      variables const& environment = {});

/// The options, if the outcome is to run; else a failure of the test, and the defaults.
[[nodiscard]] options settings_of(outcome const& from);

/// The warnings, if the outcome is to run; else a failure of the test.
[[nodiscard]] std::vector<std::string> warnings_of(outcome const& from);

/// The message, if the outcome is a fatal error; else a failure of the test.
[[nodiscard]] std::string fatal_message_of(outcome const& from);

/// The first line, if the outcome is to print an error and the usage; else a failure of the test.
[[nodiscard]] std::string misuse_of(outcome const& from);

}  // namespace nsqlookupd::config::test
