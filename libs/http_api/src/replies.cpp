// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/replies.hpp>

#include <string>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

constexpr std::string_view json_headers =
    "Content-Type: application/json; charset=utf-8\r\n"
    "X-Nsq-Content-Type: nsq; version=1.0\r\n";
constexpr std::string_view nsq_header = json_headers.substr(json_headers.find("X-Nsq"));
constexpr std::string_view json_header = json_headers.substr(0, json_headers.find("X-Nsq"));

http::reply envelope(unsigned status, std::string_view text) {
  std::string body = R"({"status_code":)" + std::to_string(status);
  body.append(R"(,"status_txt":")").append(text).append(R"(","data":null})");
  return {.status = status, .headers = std::string{json_header}, .body = std::move(body)};
}

}  // namespace

http::reply json_reply(http::body json) {
  // With the index of an answer, and its tag.
  constexpr std::size_t usual_size = 200;
  http::reply result{.body = std::move(json)};
  result.headers.reserve(usual_size);
  result.headers.append(json_headers);
  return result;
}

http::reply error_reply(unsigned status, std::string_view code) {
  auto result = json_reply(std::string{R"({"message":")"}.append(code).append(R"("})"));
  result.status = status;
  return result;
}

http::reply done(style how) {
  if (how == style::envelope) {
    return envelope(200, "OK");
  }
  return {.headers = std::string{nsq_header}};
}

http::reply refusal(style how, unsigned status, std::string_view code) {
  if (how == style::envelope) {
    return envelope(status == 400 ? 500 : status, code);
  }
  return error_reply(status, code);
}

}  // namespace nsqlookupd::http_api
