// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace nsqlookupd::text {

/// `text` in double quotes, escaped as Go's %q does it: `"a\"b\n\xff"`. Other than in Go, every
/// character above ASCII counts as printable. Any thread.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace nsqlookupd::text
