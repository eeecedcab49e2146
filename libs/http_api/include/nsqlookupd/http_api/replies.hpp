// SPDX-License-Identifier: MIT
//
// How NSQ's replies look: headers, and the form of errors.
#pragma once

#include <nsqlookupd/http/reply.hpp>

#include <cstdint>
#include <string_view>

namespace nsqlookupd::http_api {

enum class style : std::uint8_t {
  /// JSON or nothing, errors as `{"message":"CODE"}`.
  v1,
  /// The envelope of 2012, `{"status_code":…,"status_txt":…,"data":null}`, for clients that never
  /// moved. As in v0.2.16 to v0.2.28 the status is 500 whatever was wrong with the arguments, and
  /// there is no X-Nsq-Content-Type, by which a client knows that there is no envelope.
  envelope
};

/// 200 with JSON.
[[nodiscard]] http::reply json_reply(http::body json);

/// `{"message":"CODE"}`.
[[nodiscard]] http::reply error_reply(unsigned status, std::string_view code);

/// The answer to a change that was made.
[[nodiscard]] http::reply done(style how);

/// The answer to a request that was refused. `code`: why, such as `MISSING_ARG_TOPIC`.
[[nodiscard]] http::reply refusal(style how, unsigned status, std::string_view code);

}  // namespace nsqlookupd::http_api
