// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace nsqlookupd::fuzz {

/// True when the first request's head leaves two opinions on where its body ends: with a transfer
/// coding and a length, or with two lengths that differ. Looks for those fields and at nothing
/// else.
[[nodiscard]] bool is_ambiguous(std::string_view stream);

}  // namespace nsqlookupd::fuzz
