// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace nsqlookupd::log {

/// Severity of a line, lowest first.
enum class level : std::uint8_t { debug, info, warning, error, fatal };

/// The levels' names in flags, answers and JSON lines, in their order.
inline constexpr std::array<std::string_view, 5> level_names = {"debug", "info", "warn", "error",
                                                                "fatal"};

/// How a line looks.
enum class line_format : std::uint8_t {
  /// `[nsqlookupd] 2026/11/22 17:55:03.881653 INFO: message`, in local time, as v1.3.0 has it.
  text,
  /// `{"time":"2026-11-22T14:25:03.881653Z","level":"info","name":"nsqlookupd","msg":"message"}`.
  json
};

}  // namespace nsqlookupd::log
