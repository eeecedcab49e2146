// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/routes.hpp>
#include <nsqlookupd/log/log.hpp>

#include <optional>
#include <string>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

using http::reply;

constexpr std::string_view json_headers =
    "Content-Type: application/json; charset=utf-8\r\n"
    "X-Nsq-Content-Type: nsq; version=1.0\r\n";
constexpr std::string_view nsq_header = json_headers.substr(json_headers.find("X-Nsq"));
constexpr std::string_view json_header = json_headers.substr(0, json_headers.find("X-Nsq"));

reply envelope(unsigned status, std::string_view text) {
  std::string body = R"({"status_code":)" + std::to_string(status);
  body.append(R"(,"status_txt":")").append(text).append(R"(","data":null})");
  return {.status = status, .headers = std::string{json_header}, .body = std::move(body)};
}

// Changes that time has made due, before a request is answered. If there are more, the answer shows
// the rest as not made yet.
constexpr std::size_t changes_at_a_time = 1024;

// nsqd answers the same. nsqadmin's client and nsqd's own then ask on that port.
reply tls_required(std::uint16_t https_port) {
  auto result =
      json_reply(R"({"message":"TLS_REQUIRED","https_port":)" + std::to_string(https_port) + '}');
  result.status = 403;
  return result;
}

auth::right right_needed(route const& found, methods method) {
  using auth::right;
  if (found.needed == access::anybody) {
    return right::nothing;
  }
  return found.needed == access::read && method != methods::put ? right::read : right::write;
}

reply refuse_right(bool is_known) {
  if (is_known) {
    return error_reply(403, "FORBIDDEN");
  }
  auto result = error_reply(401, "UNAUTHORIZED");
  result.headers.insert(
      result.headers.find("X-Nsq"),
      "WWW-Authenticate: Bearer realm=\"nsqlookupd\", Basic realm=\"nsqlookupd\"\r\n");
  return result;
}

/// The reply to a request that may not be asked, or not here; nothing when it may.
std::optional<reply> refuse_client(route const* found, request const& asked) {
  if (found != nullptr && found->needed == access::open) {
    return std::nullopt;
  }
  if (asked.https_port != 0) {
    return tls_required(asked.https_port);
  }
  auto const method = method_of(asked.method);
  if (found != nullptr && includes(found->allowed, method) &&
      asked.granted < right_needed(*found, method)) {
    return refuse_right(asked.is_known);
  }
  return std::nullopt;
}

bool has_good_query(route const& found, request const& asked) noexcept {
  return found.input != takes::arguments || asked.target.arguments().is_well_formed();
}

reply explain_methods(std::string_view method, std::string const& allowed) {
  auto const allow = "Allow: " + allowed + "\r\n";
  if (method == "OPTIONS") {
    return {.headers = allow, .logged = false};
  }
  auto result = error_reply(405, "METHOD_NOT_ALLOWED");
  result.headers.insert(0, allow);
  return result;
}

// A browser that asks for the server means its page. To others there is nothing at `/`.
bool is_for_the_page(route_table const& table, request const& asked) {
  auto const path = asked.target.path();
  return (path == "/ui" || (path == "/" && asked.accept.find("text/html") != asked.accept.npos)) &&
         (asked.method == "GET" || asked.method == "HEAD") && table.find("/ui/") != nullptr;
}

reply respond_without_route(route_table const& table, request const& asked) {
  // The server as a whole.
  if (asked.target.path() == "*") {
    return asked.method == "OPTIONS"
               ? reply{.logged = false}
               : explain_methods(asked.method, allow_of(methods::get_or_post));
  }
  if (is_for_the_page(table, asked)) {
    // Relative, for a proxy may have put a prefix before the path.
    return {.status = 302, .headers = "Location: ui/\r\nVary: Accept\r\n", .logged = false};
  }
  // The route that was probably meant.
  if (auto const method = method_of(asked.method); method != methods::none) {
    auto const* const meant = table.find(http::canonical_path(asked.target.path()));
    if (meant != nullptr && includes(meant->allowed, method)) {
      return http::redirect(asked.method, asked.target, meant->path);
    }
  }
  return error_reply(404, "NOT_FOUND");
}

}  // namespace

reply json_reply(http::body json) {
  // With the index of an answer, and its tag.
  constexpr std::size_t usual_size = 200;
  reply result{.body = std::move(json)};
  result.headers.reserve(usual_size);
  result.headers.append(json_headers);
  return result;
}

reply error_reply(unsigned status, std::string_view code) {
  auto result = json_reply(std::string{R"({"message":")"}.append(code).append(R"("})"));
  result.status = status;
  return result;
}

reply done(style how) {
  if (how == style::envelope) {
    return envelope(200, "OK");
  }
  return {.headers = std::string{nsq_header}};
}

reply refusal(style how, unsigned status, std::string_view code) {
  if (how == style::envelope) {
    return envelope(status == 400 ? 500 : status, code);
  }
  return error_reply(status, code);
}

reply respond(route_table const& table, route const* found, request const& asked,
              registry::registration_db& db, registry::time_point now) {
  try {
    static_cast<void>(db.advance(now, changes_at_a_time));
    if (auto refused = refuse_client(found, asked)) {
      return *std::move(refused);
    }
    if (found == nullptr) {
      return respond_without_route(table, asked);
    }
    if (!includes(found->allowed, method_of(asked.method))) {
      return explain_methods(asked.method, allow_of(found->allowed));
    }
    return has_good_query(*found, asked) ? found->run(asked, db, now)
                                         : refusal(found->how, 400, "INVALID_REQUEST");
  } catch (std::exception const& failure) {
    return explain_failure(asked, failure);
  }
}

reply too_many_watchers() {
  auto result = error_reply(503, "TOO_MANY_WATCHERS");
  result.headers.append("Retry-After: 5\r\n");
  return result;
}

reply explain_failure(request const& asked, std::exception const& failure) {
  std::string shown;
  asked.target.append_logged(shown);
  log::limited_line(log::level::error, {"requests that failed"}, "HTTP: failed to answer ",
                    log::field{"method", asked.method}, " ", shown, " - ",
                    log::field{"error", std::string_view{failure.what()}});
  return error_reply(500, "INTERNAL_ERROR");
}

bool reads_body(route const* found, request const& asked) {
  return found != nullptr && includes(found->allowed, method_of(asked.method)) &&
         !refuse_client(found, asked) && found->input != takes::nothing &&
         has_good_query(*found, asked);
}

}  // namespace nsqlookupd::http_api
