// SPDX-License-Identifier: MIT
#include "admission.hpp"

#include "dress.hpp"

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

right right_needed(route const& found, methods asked) {
  return found.needed == access::read && asked != methods::put ? right::read : right::write;
}

reply refuse_right(bool is_known) {
  return is_known ? v1_error(403, "FORBIDDEN") : v1_error(401, "UNAUTHORIZED");
}

}  // namespace

std::optional<reply> refuse_admission(request const& what, route const* found) {
  if (found != nullptr && found->needed == access::open) {
    return std::nullopt;
  }
  if (what.https_port != 0) {
    return tls_required(what.https_port);
  }
  auto const asked = method_of(what.method);
  if (found != nullptr && includes(found->allowed, asked) &&
      what.granted < right_needed(*found, asked)) {
    return refuse_right(what.is_known);
  }
  return std::nullopt;
}

}  // namespace nsqlookupd::http_api
