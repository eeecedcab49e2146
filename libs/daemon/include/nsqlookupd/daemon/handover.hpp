// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/options.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd {

/// A program and its arguments, the name that it is called by first.
struct program {
  /// Empty: there is none to hand over to.
  std::string path = {};
  std::vector<std::string> arguments = {};
};

/// The program that runs, as it was started: a path that is relative, or a symbolic link, stays so.
[[nodiscard]] program this_program(int count, char const* const* arguments);

/// The environment variable that tells a program the descriptor of the state that it is to go on
/// from.
inline constexpr char const* handover_variable = "NSQLOOKUPD_HANDOVER_FD";

/// The last line that the dry run of a program prints when it can go on from the state.
inline constexpr std::string_view ready_to_take_over = "ready to take over";

/// Tries with `settings` whether a server can go on from the state in `descriptor`, while the one
/// that has left it runs. Each of the faults is one line; none means that it can.
[[nodiscard]] std::vector<std::string> check_handover(config::options const& settings,
                                                      int descriptor);

}  // namespace nsqlookupd
