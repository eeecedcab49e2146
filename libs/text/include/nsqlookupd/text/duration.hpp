// SPDX-License-Identifier: MIT
//
// Durations as Go writes them: in flags, in the config file and in the log. Any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::text {

/// Reads a duration by the rules of Go's time.ParseDuration: an optional sign, then numbers with
/// an optional fraction, each followed by ns, us (or µs, with either mu), ms, s, m or h. A lone
/// `0` needs no unit. Fractions of a nanosecond are cut off.
///
/// Returns nothing when `text` is no duration, or does not fit in 64 bits of nanoseconds.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// Writes a duration as Go's Duration.String() does: `5m0s`, `1h30m0s`, `1.5s`, `22.784µs`, `0s`.
[[nodiscard]] std::string format_duration(std::chrono::nanoseconds duration);

}  // namespace nsqlookupd::text
