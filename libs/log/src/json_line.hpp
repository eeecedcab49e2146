// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/log/bounded_text.hpp>
#include <nsqlookupd/log/level.hpp>

#include <chrono>
#include <string_view>

namespace nsqlookupd::log {

/// One line of line_format::json into `out`, at most max_line_size bytes and legal JSON whatever
/// the bytes of `prefix` and `message`. Allocates nothing.
void format_json_line(bounded_text& out, std::string_view prefix, level severity,
                      std::string_view message,
                      std::chrono::system_clock::time_point time) noexcept;
}  // namespace nsqlookupd::log
