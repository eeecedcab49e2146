// SPDX-License-Identifier: MIT
#include "http_reply_check.hpp"

#include "target.hpp"
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace nsqlookupd::fuzz {
namespace {

namespace content_type = http_api::content_type;
using http_api::answered;

constexpr std::array known_statuses{200U, 301U, 304U, 307U, 400U, 404U, 405U, 410U, 413U, 500U};
constexpr std::array<std::string_view, 13> known_fields{"Allow",
                                                        "Content-Type",
                                                        "Location",
                                                        "X-Content-Type-Options",
                                                        "X-Nsq-Content-Type",
                                                        "X-Nsq-Index",
                                                        "ETag",
                                                        "Cache-Control",
                                                        "X-Accel-Buffering",
                                                        "Date",
                                                        "Content-Length",
                                                        "Transfer-Encoding",
                                                        "Connection"};
constexpr std::string_view event_stream = "text/event-stream";

std::string_view take_line(std::string_view& head) {
  auto const end = head.find("\r\n");
  require(end != head.npos, "every line of a head ends", head);
  auto const line = head.substr(0, end);
  head.remove_prefix(end + 2);
  auto const is_printable = [](char byte) { return byte >= ' ' && byte < '\x7f'; };
  require(std::all_of(line.begin(), line.end(), is_printable), "a head is printable ASCII", line);
  return line;
}

// Each field is one of the server's, and occurs once: a client's request has added none.
void require_head(std::string_view head, std::string_view status, std::size_t body_size) {
  auto const first = take_line(head);
  require(first.starts_with("HTTP/1.1 " + std::string{status} + ' '), "the status is said", first);
  std::set<std::string_view> seen;
  for (auto line = take_line(head); !line.empty(); line = take_line(head)) {
    auto const name = line.substr(0, line.find(": "));
    require(std::ranges::count(known_fields, name) == 1 && seen.insert(name).second,
            "each field is known and there once", line);
    if (name == "Content-Length") {
      require(line.ends_with(": " + std::to_string(body_size)), "the length is the body's", line);
    }
  }
  require(head.empty(), "a head has one end", head);
  bool const is_chunked = seen.contains("Transfer-Encoding");
  require(seen.contains("Content-Length") == (status != "304" && !is_chunked),
          "the length is said");
  require(status != "304" || body_size == 0, "a 304 has no body");
}

// V1 answers with a `message` when something is wrong, and without `data`, which the routes of 2012
// have.
void require_v1_shape(answered const& answer) {
  auto const body = boost::json::parse({answer.body.data(), answer.body.size()});
  auto const has = [&](std::string_view key) {
    return body.is_object() && body.as_object().contains({key.data(), key.size()});
  };
  require(has("message") == (answer.status != 200), "errors have a message", answer.body);
  require(!has("data"), "there is no data", answer.body);
}

void require_consistent(answered const& answer, std::string_view method, std::string_view target) {
  require(std::ranges::count(known_statuses, answer.status) == 1, "the status is known", target);
  require((answer.status == 405) == (!answer.allow.empty() && method != "OPTIONS"),
          "405 names the allowed methods", target);
  require((answer.status == 301 || answer.status == 307) == !answer.location.empty(),
          "redirects say where to", target);
  require((answer.content == content_type::none) == answer.body.empty() ||
              answer.content == event_stream,
          "a body has a type", target);
}

}  // namespace

void require_legal(answered const& answer, std::string_view method, std::string_view target) {
  require_consistent(answer, method, target);
  require_head(answer.head, std::to_string(answer.status), answer.body.size());
  if (answer.content == content_type::json) {
    require_json(answer.body);
    if (answer.nsq_content_type) {
      require_v1_shape(answer);
    }
  }
}

}  // namespace nsqlookupd::fuzz
