// SPDX-License-Identifier: MIT
#include "admission.hpp"

#include <string>

namespace nsqlookupd::http_api {
namespace {

// What nsqd answers; its clients, nsqadmin's and nsqd's own, then ask on that port.
reply tls_required(std::uint16_t https_port) {
  return {.status = 403,
          .body = R"({"message":"TLS_REQUIRED","https_port":)" + std::to_string(https_port) + '}',
          .content = content_type::json,
          .nsq_content_type = true};
}

}  // namespace

std::optional<reply> refuse_admission(request const& what, route const* found) {
  if (found != nullptr && found->needed == access::open) {
    return std::nullopt;
  }
  if (what.https_port != 0) {
    return tls_required(what.https_port);
  }
  return std::nullopt;
}

}  // namespace nsqlookupd::http_api
