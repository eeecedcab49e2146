// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/reply.hpp>
#include <nsqlookupd/http_api/request_target.hpp>

#include <string>
#include <string_view>

namespace nsqlookupd::http_api {

/// `path` without empty elements, `.`, `..` and a trailing slash, in lower case: how a route would
/// have been written.
[[nodiscard]] std::string canonical_path(std::string_view path);

/// Sends the client to `path`, with the query that it came with: 301 with a little HTML for GET,
/// 308 for what must keep its method.
[[nodiscard]] reply redirect(std::string_view method, request_target const& from,
                             std::string_view path);

}  // namespace nsqlookupd::http_api
