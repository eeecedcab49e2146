// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http/reply.hpp>
#include <nsqlookupd/http/target.hpp>

#include <string>
#include <string_view>

namespace nsqlookupd::http {

/// `path` without empty elements, `.`, `..` and a trailing slash, in lower case: how a route would
/// have been written.
[[nodiscard]] std::string canonical_path(std::string_view path);

/// Sends the client to `path`, with the query that it came with: 301 with a little HTML for GET
/// and HEAD. Others must keep their method and get 307: not every client follows 308.
[[nodiscard]] reply redirect(std::string_view method, target const& from, std::string_view path);

}  // namespace nsqlookupd::http
