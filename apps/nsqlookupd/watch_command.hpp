// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/command_line.hpp>

namespace nsqlookupd {

/// Follows topics at a server by `/watch`: prints a line for each producer that comes or goes, and
/// runs the command. A lost connection is made again, for ever; standard error tells of it. Returns
/// on SIGINT, SIGTERM and SIGHUP with 0, and with 1 when the server refuses. A pipe that nobody
/// reads ends the process. Blocks.
[[nodiscard]] int run(config::watch_topics const& command);

}  // namespace nsqlookupd
