// SPDX-License-Identifier: MIT
//
// The routes of 2012, for clients that never moved. They answer as v0.2.16 to v0.2.28 did: with
// status 500 whatever was wrong with the arguments, and without X-Nsq-Content-Type, by which a
// client knows that there is no envelope.
#pragma once

#include <nsqlookupd/http_api/reply.hpp>

#include "outcome.hpp"

namespace nsqlookupd::http_api {

/// Puts what a handler said into `{"status_code":…,"status_txt":…,"data":null}`.
[[nodiscard]] reply envelope(outcome const& what);

/// `/create_topic`: create_topic() with 2012's word for a bad name.
[[nodiscard]] outcome create_topic_2012(call const& what);

/// `/delete_channel`: delete_channel() with 2012's word for an unknown channel.
[[nodiscard]] outcome delete_channel_2012(call const& what);

}  // namespace nsqlookupd::http_api
