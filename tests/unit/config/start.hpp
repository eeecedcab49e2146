// SPDX-License-Identifier: MIT
//
// parse() as the tests call it, and its actions taken apart.
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
[[nodiscard]] action start(arguments const& flags, variables const& environment = {});

/// The same, with a config file of these bytes.
[[nodiscard]] action start_with_file(std::string_view bytes, arguments const& flags = {},
                                     variables const& environment = {});

/// The options, if the action is to run; else a failure of the test, and the defaults.
[[nodiscard]] options settings_of(action const& from);

/// The warnings, if the action is to run; else a failure of the test.
[[nodiscard]] std::vector<std::string> warnings_of(action const& from);

/// The message, if the action is a fatal error; else a failure of the test.
[[nodiscard]] std::string fatal_message_of(action const& from);

/// The first line, if the action is to print an error and the usage; else a failure of the test.
[[nodiscard]] std::string misuse_of(action const& from);

}  // namespace nsqlookupd::config::test
