// SPDX-License-Identifier: MIT
#pragma once

#include "openapi_tour.hpp"

#include <vector>

namespace nsqlookupd::admin {

/// The answers that each method of each route gives whatever its handler does: to clients without
/// the right, over plain HTTP where TLS is asked for, to another method, to what is no proper HTTP,
/// and when the handler fails.
[[nodiscard]] std::vector<asked> refusals_of_all_routes();

}  // namespace nsqlookupd::admin
