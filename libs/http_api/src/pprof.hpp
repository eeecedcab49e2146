// SPDX-License-Identifier: MIT
//
// `/debug/pprof`: what a C++ process can say under the names of Go's profiles.
#pragma once

#include "outcome.hpp"

namespace nsqlookupd::http_api {

[[nodiscard]] outcome pprof_index(call const& what);
[[nodiscard]] outcome pprof_cmdline(call const& what);
[[nodiscard]] outcome pprof_symbol(call const& what);
[[nodiscard]] outcome pprof_profile(call const& what);
[[nodiscard]] outcome pprof_heap(call const& what);
[[nodiscard]] outcome pprof_goroutine(call const& what);
[[nodiscard]] outcome pprof_block(call const& what);
[[nodiscard]] outcome pprof_threadcreate(call const& what);

}  // namespace nsqlookupd::http_api
