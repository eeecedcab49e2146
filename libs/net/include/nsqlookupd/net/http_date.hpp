// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/time.hpp>

#include <string_view>

namespace nsqlookupd::net {

/// `now` as the Date header wants it (RFC 9110, 5.6.7): `Mon, 23 Nov 2026 05:31:36 GMT`. Made once
/// a second for each thread; good until that thread's next call.
[[nodiscard]] std::string_view http_date(registry::time_point now);

}  // namespace nsqlookupd::net
