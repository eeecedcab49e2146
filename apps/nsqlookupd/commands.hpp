// SPDX-License-Identifier: MIT
//
// The commands of the program, but for the one that serves. Each does its work, writes what there
// is to say, and returns the exit code of the process.
#pragma once

#include <nsqlookupd/config/command_line.hpp>
#include <nsqlookupd/log/level.hpp>

#include <string>

namespace nsqlookupd {

/// Prints the version, the usage, or a mistake in the flags.
[[nodiscard]] int run(config::print_and_exit const& command);

/// Prints each setting with its source, and the state of the files that they name; faults and
/// warnings go to standard error. 0 when there is no fault.
[[nodiscard]] int run(config::check_settings const& command);

/// Asks the server at `http_address` for `path`; an address of every interface means the loopback.
/// 0 when it answers 200 within two seconds. Blocks.
[[nodiscard]] int run(config::check_health const& command);

/// Writes to standard output the line for the token in the first line of standard input, as the
/// file of `-http-auth-file` has it.
[[nodiscard]] int run(config::make_token_line const& command);

/// Writes the message as a line of the log with its default settings, to standard error.
[[nodiscard]] int run(config::fatal_error const& error);

/// Writes `message` at level fatal to standard error, as a log of this format and prefix does.
/// Returns the exit code of a failure.
[[nodiscard]] int fail(log::line_format format, std::string const& prefix,
                       std::string const& message);

}  // namespace nsqlookupd
