// SPDX-License-Identifier: MIT
//
// Who is let through to a route's handler.
#pragma once

#include <nsqlookupd/http_api/reply.hpp>
#include <nsqlookupd/http_api/respond.hpp>

#include "router.hpp"

#include <optional>

namespace nsqlookupd::http_api {

/// The reply to a request that may not be asked, or not here; nothing when it may. `found` is its
/// route, null when there is none.
[[nodiscard]] std::optional<reply> refuse_admission(request const& what, route const* found);

}  // namespace nsqlookupd::http_api
