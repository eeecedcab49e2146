// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace nsqlookupd::profiling {

/// What heap_samples.hpp has gathered, in gperftools' text format, with what is mapped where.
/// `remarks` stand in between: lines that begin with `#`.
[[nodiscard]] std::string heap_profile(std::string_view remarks);

}  // namespace nsqlookupd::profiling
