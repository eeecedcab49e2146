// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace nsqlookupd::protocol {

/// `text` without the Unicode white space at both ends (SPEC 4, "TCP lines").
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

}  // namespace nsqlookupd::protocol
