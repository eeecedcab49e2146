// SPDX-License-Identifier: MIT
//
// What an orchestrator asks, in the form of Kubernetes' API server: the status decides, the body is
// for people. `?verbose` lists the checks.
#pragma once

#include "outcome.hpp"

namespace nsqlookupd::http_api {

/// 200 as long as the server answers at all.
[[nodiscard]] outcome livez(call const& what);

/// 200 as long as clients may be sent here, 503 once the server was told to stop.
[[nodiscard]] outcome readyz(call const& what);

}  // namespace nsqlookupd::http_api
