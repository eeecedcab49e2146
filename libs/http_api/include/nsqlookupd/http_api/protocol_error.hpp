// SPDX-License-Identifier: MIT
//
// Replies to requests that do not get as far as a route's handler.
#pragma once

#include <nsqlookupd/http_api/reply.hpp>

#include <string_view>

namespace nsqlookupd::http_api {

/// The reply to what is no proper HTTP request: `text` as plain text, or when it is empty the
/// status and its words (`400 Bad Request`). The connection ends with it; the access log has no
/// line.
[[nodiscard]] reply protocol_error(unsigned status, std::string_view text = {});

/// 400 `{"message":"INVALID_REQUEST"}`: the request's body was cut short or cannot be decoded.
[[nodiscard]] reply invalid_request();

/// 500 `{"message":"INTERNAL_ERROR"}`: an exception ended the answer.
[[nodiscard]] reply internal_error();

}  // namespace nsqlookupd::http_api
