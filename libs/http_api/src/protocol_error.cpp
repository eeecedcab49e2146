// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/append_head.hpp>
#include <nsqlookupd/http_api/protocol_error.hpp>

#include "dress.hpp"

namespace nsqlookupd::http_api {

reply protocol_error(unsigned status, std::string_view text) {
  reply result{.status = status, .content = content_type::text, .logged = false, .close = true};
  if (text.empty()) {
    result.body.append(std::to_string(status)).append(" ").append(reason_of(status));
  } else {
    result.body = text;
  }
  return result;
}

reply invalid_request() {
  return v1_error(400, "INVALID_REQUEST");
}

reply internal_error() {
  return v1_error(500, "INTERNAL_ERROR");
}

}  // namespace nsqlookupd::http_api
