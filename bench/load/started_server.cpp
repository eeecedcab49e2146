// SPDX-License-Identifier: MIT
#include "started_server.hpp"

#include <algorithm>
#include <string>

namespace bench {

server_start start_of(server_spec const& server, start_settings const& how) {
  server_start start;
  start.binary = server.binary;
  if (!how.at_default_log_level) {
    start.flags.emplace_back("-log-level=error");
  }
  start.flags.insert(start.flags.end(), server.flags.begin(), server.flags.end());
  // One producer registers 110,000 names; servers that have no such limit do not look.
  start.environment = {{"NSQLOOKUPD_MAX_REGISTRATIONS_PER_PRODUCER", "0"},
                       {"NSQLOOKUPD_MAX_WATCHERS", "1000000"}};
  if (how.keeps_names) {
    start.environment["FLOOR_KEEP_NAMES"] = "1";
  }
  if (how.body_bytes != 0) {
    start.environment["FLOOR_HTTP_BODY_BYTES"] = std::to_string(how.body_bytes);
  }
  start.patience = std::min(start.patience, how.patience);
  return start;
}

}  // namespace bench
