// SPDX-License-Identifier: MIT
#pragma once

#include "outcome.hpp"

namespace nsqlookupd::http_api {

/// `/metrics`, in Prometheus' text format.
[[nodiscard]] outcome metrics_page(call const& what);

}  // namespace nsqlookupd::http_api
