// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace nsqlookupd::log {

/// How a line looks.
enum class line_format : std::uint8_t {
  /// `[nsqlookupd] 2026/11/22 17:55:03.881653 INFO: message`, in local time, as v1.3.0 has it.
  text,
  /// `{"time":"2026-11-22T14:25:03.881653Z","level":"info","name":"nsqlookupd","msg":"message"}`.
  json
};
}  // namespace nsqlookupd::log
