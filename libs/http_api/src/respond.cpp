// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/protocol_error.hpp>
#include <nsqlookupd/http_api/request_target.hpp>
#include <nsqlookupd/http_api/respond.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/log/repeats.hpp>

#include "admission.hpp"
#include "dress.hpp"
#include "redirect.hpp"
#include "router.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace nsqlookupd::http_api {
namespace {

query query_of(request_target const& target) noexcept {
  return query{target.query.value_or(std::string_view{})};
}

bool has_good_query(route const& found, query const& arguments) noexcept {
  return found.input != takes::arguments || arguments.is_well_formed();
}

answer run(route const& found, call const& what) {
  return dress(found.how, has_good_query(found, what.arguments) ? found.run(what)
                                                                : refused(400, "INVALID_REQUEST"));
}

void set_route(answer& result, route const& found) {
  auto const position = static_cast<std::size_t>(&found - all_routes().data());
  if (auto* const whole = std::get_if<reply>(&result)) {
    whole->route = position;
  } else {
    std::get<std::unique_ptr<long_answer>>(result)->route = position;
  }
}

reply options(methods allowed) {
  return {.allow = allow_of(allowed), .logged = false};
}

reply method_not_allowed(methods allowed) {
  auto result = v1_error(405, "METHOD_NOT_ALLOWED");
  result.allow = allow_of(allowed);
  return result;
}

answer explain_methods(std::string_view method, methods allowed) {
  return method == "OPTIONS" ? options(allowed) : method_not_allowed(allowed);
}

/// The reply about the server as a whole, `*`.
reply respond_for_server(std::string_view method) {
  return method == "OPTIONS" ? options(methods::none) : method_not_allowed(methods::get_or_post);
}

/// The route that was probably meant.
route const* find_nearly(methods method, std::string_view path) {
  if (method == methods::none) {
    return nullptr;
  }
  auto const* const meant = find_route(canonical_path(path));
  return meant != nullptr && includes(meant->allowed, method) ? meant : nullptr;
}

answer route_request(route const* found, std::string_view method, request_target const& target,
                     call const& what) {
  auto const wanted = method_of(method);
  if (found != nullptr) {
    auto result = includes(found->allowed, wanted) ? run(*found, what)
                                                   : explain_methods(method, found->allowed);
    set_route(result, *found);
    return result;
  }
  if (target.path() == "*") {
    return respond_for_server(method);
  }
  if (auto const* const meant = find_nearly(wanted, target.path())) {
    return redirect(method, target, meant->path);
  }
  return v1_error(404, "NOT_FOUND");
}

}  // namespace

answer respond(request const& what, registry::registration_db& db, registry::time_point now,
               server_info const& server, kept_answers& kept) {
  try {
    auto const target = request_target::parse(what.method, what.target);
    if (!target) {
      return protocol_error(400);
    }
    auto const* const found = find_route(target->path());
    if (auto refusal = refuse_admission(what, found)) {
      return *std::move(refusal);
    }
    return route_request(found, what.method, *target,
                         {query_of(*target), db, now, server, kept, what.method, what.body});
  } catch (std::exception const& failure) {
    std::string shown;
    append_logged_target(what, shown);
    log::limited_line(log::level::error, {"requests that failed"}, "HTTP: failed to answer ",
                      what.method, " ", shown, " - ", std::string_view{failure.what()});
    return internal_error();
  }
}

bool reads_body(request const& what) {
  auto const target = request_target::parse(what.method, what.target);
  if (!target) {
    return false;
  }
  auto const* const found = find_route(target->path());
  if (found == nullptr || !includes(found->allowed, method_of(what.method)) ||
      refuse_admission(what, found)) {
    return false;
  }
  return found->input == takes::body ||
         (found->input == takes::arguments && query_of(*target).is_well_formed());
}

std::size_t kept_body_size(std::string_view method, std::string_view target) {
  auto const parsed = request_target::parse(method, target);
  auto const* const found = parsed ? find_route(parsed->path()) : nullptr;
  if (found == nullptr || found->input != takes::body) {
    return 0;
  }
  // The name of a level, or the addresses of all that a profile has met.
  return method == "PUT" ? std::size_t{1} << 10U : std::size_t{256} << 10U;
}

void append_logged_target(request const& what, std::string& out) {
  auto const target = request_target::parse(what.method, what.target);
  if (!target) {
    out.append(what.target);
    return;
  }
  append_escaped_path(*target, out);
  if (target->query) {
    out.append("?").append(*target->query);
  }
}

}  // namespace nsqlookupd::http_api
