// SPDX-License-Identifier: MIT
//
// `/config`: settings that may change while the server runs, as nsqd has them.
#pragma once

#include "outcome.hpp"

namespace nsqlookupd::http_api {

/// Answers the log's level as a number, 1 (debug) to 5 (fatal). PUT sets it first, to the level
/// whose name is the body.
[[nodiscard]] outcome log_level(call const& what);

}  // namespace nsqlookupd::http_api
