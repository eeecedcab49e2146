// SPDX-License-Identifier: MIT
#include "openapi_refusals.hpp"

#include <nsqlookupd/http/request_parser.hpp>
#include <nsqlookupd/log/level.hpp>

#include "captured_log.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

namespace nsqlookupd::admin {
namespace {

using namespace http_api;

constexpr std::size_t max_body_size = 1000;

// Each is refused for another reason, once a method and a path stand before it.
std::vector<std::string> broken_requests() {
  auto const with = [](std::string const& field) {
    return " HTTP/1.1\r\nHost: here\r\n" + field + "\r\n\r\n";
  };
  return {" HTTP/1.1\r\n\r\n",
          with("Content-Length: " + std::to_string(max_body_size + 1)),
          with("Expect: the unexpected"),
          with("Large: " + std::string(http::request_parser::max_header_size, 'x')),
          with("Transfer-Encoding: gzip"),
          " HTTP/3.0\r\n\r\n"};
}

answered refusal_of(std::string const& bytes) {
  http::request_parser parser{max_body_size};
  std::string_view rest = bytes;
  if (parser.feed(rest) != http::request_parser::state::failed) {
    throw std::runtime_error{"there is nothing wrong with " + bytes};
  }
  return take_apart(http::protocol_error(parser.error().status, parser.error().text), "other");
}

void fail_always(world& here) {
  std::vector<route> rows{here.routes.all().begin(), here.routes.all().end()};
  for (auto& row : rows) {
    row.run = [](auto const&...) -> http::reply { throw std::runtime_error{"it is broken"}; };
  }
  here.routes = route_table{std::move(rows)};
}

class refused_client {
 public:
  refused_client() { fail_always(failing_); }

  void ask_all(std::string_view method, std::string_view path) {
    using auth::right;
    auto const add = [&](answered answer) {
      answers_.push_back({method, path, std::move(answer)});
    };
    add(here_.ask({.method = method, .target = path, .https_port = 4152}));
    add(here_.ask(
        {.method = method, .target = path, .granted = right::nothing, .is_known = false}));
    add(here_.ask({.method = method, .target = path, .granted = right::read}));
    add(here_.ask("PATCH", path));
    add(failing_.ask(method, path));
    for (auto const& broken : broken_requests()) {
      add(refusal_of(std::string{method} + ' ' + std::string{path} + broken));
    }
    // The session's own words.
    add(take_apart(http::protocol_error(503), path));
    if (reads_body({method, path})) {
      add(take_apart(error_reply(400, "INVALID_REQUEST"), path));
    }
  }

  [[nodiscard]] std::vector<asked> take() { return std::move(answers_); }

 private:
  test_support::captured_log const log_{log::level::fatal};
  world here_;
  world failing_;
  std::vector<asked> answers_;
};

}  // namespace

std::vector<asked> refusals_of_all_routes() {
  refused_client client;
  for (auto const& entry : all_routes()) {
    for (std::string_view const method : {"GET", "POST", "PUT"}) {
      if (includes(entry.allowed, method_of(method))) client.ask_all(method, entry.path);
    }
  }
  return client.take();
}

}  // namespace nsqlookupd::admin
