// SPDX-License-Identifier: MIT
#include "dress.hpp"

#include "legacy.hpp"

#include <utility>

namespace nsqlookupd::http_api {
namespace {

reply v1(outcome what) {
  if (!what.code.empty()) {
    return v1_error(what.status, what.code);
  }
  return {.body = std::move(what.body),
          .shared_body = std::move(what.shared_body),
          .more = std::move(what.more),
          .content = what.content,
          .nsq_content_type = true};
}

}  // namespace

reply v1_json(std::string body) {
  return {.body = std::move(body), .content = content_type::json, .nsq_content_type = true};
}

reply v1_json(shared_text body) {
  return {.shared_body = std::move(body), .content = content_type::json, .nsq_content_type = true};
}

reply v1_error(unsigned status, std::string_view code) {
  std::string body;
  body.reserve(code.size() + 14);
  body.append(R"({"message":")").append(code).append(R"("})");
  return {.status = status,
          .body = std::move(body),
          .content = content_type::json,
          .nsq_content_type = true};
}

answer dress(style how, outcome what) {
  if (what.rest) {
    return std::move(what.rest);
  }
  switch (how) {
    case style::plain:
      return reply{.body = std::move(what.body), .content = what.content};
    case style::tool:
      return reply{.status = what.status,
                   .body = std::move(what.body),
                   .content = what.content,
                   .no_sniff = true,
                   .logged = false};
    case style::envelope:
      return envelope(what);
    case style::v1:
      break;
  }
  return v1(std::move(what));
}

}  // namespace nsqlookupd::http_api
