// SPDX-License-Identifier: MIT
#pragma once

#include "world.hpp"

#include <string_view>

namespace nsqlookupd::fuzz {

/// Requires that a reply, written out, is one legal HTTP reply with the headers that every reply
/// has (docs/PROTOCOL.md, "Headers"), for every request.
void require_legal(http_api::answered const& answer, std::string_view method,
                   std::string_view target);

}  // namespace nsqlookupd::fuzz
