// SPDX-License-Identifier: MIT
#include "legacy.hpp"

#include <nsqlookupd/http_api/json_writer.hpp>

#include "write_handlers.hpp"

#include <string>
#include <utility>

namespace nsqlookupd::http_api {

reply envelope(outcome const& what) {
  unsigned const status = what.status == 400 ? 500 : what.status;
  std::string body = R"({"status_code":)";
  json::append_number(body, status);
  body.append(R"(,"status_txt":")").append(what.code.empty() ? "OK" : what.code);
  body.append(R"(","data":null})");
  return {.status = status, .body = std::move(body), .content = content_type::json};
}

outcome create_topic_2012(call const& what) {
  auto result = create_topic(what);
  if (result.code == "INVALID_ARG_TOPIC") {
    result.code = "INVALID_TOPIC";
  }
  return result;
}

outcome delete_channel_2012(call const& what) {
  auto result = delete_channel(what);
  if (result.code == "CHANNEL_NOT_FOUND") {
    result.code = "NOT_FOUND";
  }
  return result;
}

}  // namespace nsqlookupd::http_api
