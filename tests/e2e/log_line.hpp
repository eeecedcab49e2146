// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::e2e {

inline constexpr std::string_view default_prefix = "[nsqlookupd] ";

/// The line behind the prefix and the time stamp: `LEVEL: message`. Throws std::runtime_error
/// when the line is not of the form `PREFIXYYYY/MM/DD HH:MM:SS.micros LEVEL: message`.
[[nodiscard]] std::string without_stamp(std::string_view line,
                                        std::string_view prefix = default_prefix);

/// The line with `…` for how long something took: at the end of an access line, and in how long
/// ago a ping was. Any other text stays.
[[nodiscard]] std::string without_duration(std::string const& line);

/// The lines, sorted, for where their order is free.
[[nodiscard]] std::vector<std::string> sorted(std::vector<std::string> lines);

}  // namespace nsqlookupd::e2e
