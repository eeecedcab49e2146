// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace nsqlookupd::profiling {

/// Appends what is mapped where, by which pprof finds out whose an address is.
void append_memory_map(std::string& out);

}  // namespace nsqlookupd::profiling
