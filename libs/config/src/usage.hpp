// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace nsqlookupd::config {

/// What `-h` prints: every flag with its type, meaning and default, as Go's flag package does it.
[[nodiscard]] std::string usage();

}  // namespace nsqlookupd::config
