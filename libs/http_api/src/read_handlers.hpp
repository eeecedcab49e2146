// SPDX-License-Identifier: MIT
//
// The handlers that only tell what is known.
#pragma once

#include "outcome.hpp"

namespace nsqlookupd::http_api {

[[nodiscard]] outcome ping(call const& what);
[[nodiscard]] outcome info(call const& what);
[[nodiscard]] outcome lookup(call const& what);
[[nodiscard]] outcome topics(call const& what);
[[nodiscard]] outcome channels(call const& what);
[[nodiscard]] outcome nodes(call const& what);
[[nodiscard]] outcome debug(call const& what);

}  // namespace nsqlookupd::http_api
