// SPDX-License-Identifier: MIT
//
// Durations as Go writes them, which is what the flags, the config file and the log speak.
#pragma once

#include <nsqlookupd/config/result.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace nsqlookupd::config {

/// Reads a duration by the rules of Go's time.ParseDuration: an optional sign, then numbers with
/// an optional fraction, each followed by ns, us (or µs, with either mu), ms, s, m or h. A lone
/// `0` needs no unit. Fractions of a nanosecond are cut off.
///
/// Returns the duration, or Go's own error text, such as `time: missing unit in duration "5"`.
/// What does not fit in 64 bits of nanoseconds is refused.
[[nodiscard]] result<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// Writes a duration as Go's Duration.String() does: `5m0s`, `1h30m0s`, `1.5s`, `22.784µs`, `0s`.
[[nodiscard]] std::string format_duration(std::chrono::nanoseconds duration);

}  // namespace nsqlookupd::config
