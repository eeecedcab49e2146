// SPDX-License-Identifier: MIT
//
// What is done to texts from outside.
#pragma once

#include <string>
#include <string_view>

namespace nsqlookupd::config {

/// The text in double quotes, escaped as Go's %q does: `"a\"b\n\xff"`. Other than in Go, of the
/// characters above ASCII only C1 controls and the separators of lines count as unprintable.
[[nodiscard]] std::string quote(std::string_view text);

/// The text with its control bytes as `\xNN`, so that it cannot break out of its line.
[[nodiscard]] std::string on_one_line(std::string_view text);

/// The text with its ASCII letters in lower case.
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace nsqlookupd::config
