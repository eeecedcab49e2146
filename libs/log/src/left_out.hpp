// SPDX-License-Identifier: MIT
#pragma once

namespace nsqlookupd::log {

/// Says what was left out so far, and begins to count anew. Before the log ends.
void report_all_left_out() noexcept;
}  // namespace nsqlookupd::log
