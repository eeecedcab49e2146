// SPDX-License-Identifier: MIT
//
// The handlers that change what is known.
#pragma once

#include "outcome.hpp"

namespace nsqlookupd::http_api {

[[nodiscard]] outcome create_topic(call const& what);
[[nodiscard]] outcome delete_topic(call const& what);
[[nodiscard]] outcome create_channel(call const& what);
[[nodiscard]] outcome delete_channel(call const& what);
[[nodiscard]] outcome tombstone_producer(call const& what);

}  // namespace nsqlookupd::http_api
