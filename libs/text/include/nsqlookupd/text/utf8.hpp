// SPDX-License-Identifier: MIT
//
// Which bytes are UTF-8, and text that is to be shown. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nsqlookupd::text {

/// Bytes of the character that `text` begins with, 1 to 4; 0 when it begins with none: it is empty,
/// or the sequence is cut short, overlong, a surrogate or beyond U+10FFFF.
[[nodiscard]] std::size_t utf8_size(std::string_view text) noexcept;

/// `text` with each byte that is not part of valid UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string text);

/// `text` in double quotes, escaped as Go's %q does it: `"a\"b\n\xff"`. Other than in Go, every
/// character above ASCII counts as printable.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace nsqlookupd::text
