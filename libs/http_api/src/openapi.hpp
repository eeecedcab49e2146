// SPDX-License-Identifier: MIT
//
// The description of the HTTP API, for programs.
#pragma once

#include "outcome.hpp"

#include <string_view>

namespace nsqlookupd::http_api {

/// The text of libs/http_api/openapi.json, with the server's version in it.
[[nodiscard]] std::string_view openapi_text() noexcept;

[[nodiscard]] outcome openapi(call const& what);

}  // namespace nsqlookupd::http_api
