// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/reply.hpp>

#include <string_view>

namespace nsqlookupd::fuzz {

/// Requires that a reply, written out, is one legal HTTP reply that says what SPEC says of all of
/// them, whatever the client asked.
void require_legal(http_api::reply const& what, std::string_view method, std::string_view target);

}  // namespace nsqlookupd::fuzz
