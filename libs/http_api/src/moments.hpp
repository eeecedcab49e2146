// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/time.hpp>

#include <string>

namespace nsqlookupd::http_api {

/// Appends the moment as a JSON string: RFC 3339, with microseconds, in UTC.
void append_moment(std::string& out, registry::time_point when);

}  // namespace nsqlookupd::http_api
