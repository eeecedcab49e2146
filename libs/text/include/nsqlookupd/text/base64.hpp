// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::text {

/// Appends `bytes` in the base64 of RFC 4648, section 4, with padding. Any thread.
void append_base64(std::string& out, std::string_view bytes);

/// The bytes that `text` stands for; nothing when that is not base64 with its padding, without line
/// ends or other bytes in between. Any thread.
[[nodiscard]] std::optional<std::string> parse_base64(std::string_view text);

}  // namespace nsqlookupd::text
