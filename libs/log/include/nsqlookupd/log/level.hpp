// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace nsqlookupd::log {

/// Severity of a line, lowest first.
enum class level : std::uint8_t { debug, info, warning, error, fatal };
}  // namespace nsqlookupd::log
