// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace nsqlookupd::config {

/// The project's version, such as `2.0.0`.
[[nodiscard]] std::string_view version() noexcept;

/// The compiler and its version, such as `g++-12.2.0`.
[[nodiscard]] std::string built_with();

/// What `-version` prints and the log begins with: `nsqlookupd v2.0.0 (built w/g++-12.2.0)`.
[[nodiscard]] std::string version_line();

}  // namespace nsqlookupd::config
