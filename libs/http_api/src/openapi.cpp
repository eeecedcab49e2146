// SPDX-License-Identifier: MIT
#include "openapi.hpp"

#include <string>

namespace nsqlookupd::http_api {

outcome openapi(call const&) {
  return {.body = std::string{openapi_text()}, .content = content_type::json};
}

}  // namespace nsqlookupd::http_api
