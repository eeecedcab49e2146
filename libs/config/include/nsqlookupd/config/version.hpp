// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace nsqlookupd::config {

/// The project's version, such as `2.0.0`.
[[nodiscard]] std::string_view version() noexcept;

/// The compiler and its version, such as `gcc-12.2.0`: of `[a-z0-9.-]` alone, since there are
/// clients that read it so.
[[nodiscard]] std::string built_with();

/// The line that `-version` prints and the log begins with: `nsqlookupd v2.0.0 (built
/// w/gcc-12.2.0)`.
[[nodiscard]] std::string version_line();

}  // namespace nsqlookupd::config
