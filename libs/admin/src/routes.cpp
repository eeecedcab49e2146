// SPDX-License-Identifier: MIT
#include <nsqlookupd/admin/routes.hpp>
#include <nsqlookupd/log/level.hpp>
#include <nsqlookupd/log/setup.hpp>
#include <nsqlookupd/text/ascii.hpp>

#include "handlers.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::admin {
namespace {

using http_api::request;

// That there is an answer is all that this check tells: it was made where the registry is.
constexpr std::string_view ping_check = "[+]ping ok\n";

/// `checks`: a line each.
http::reply report(request const& asked, std::string_view probe, bool passed, std::string checks) {
  checks.append(probe).append(passed ? " check passed\n" : " check failed\n");
  if (!passed) {
    return tool_reply(plain_text, checks, 503);
  }
  return tool_reply(plain_text, argument(asked, "verbose") ? checks : "ok");
}

// An orchestrator's probes, in the form of Kubernetes' API server: the status decides, the body is
// for people. `?verbose` lists the checks. `/livez` is 200 as long as the server answers at all.
http::reply livez(request const& asked, registry::registration_db&, registry::time_point) {
  return report(asked, "livez", true, std::string{ping_check});
}

// 200 as long as clients may be sent here, 503 once the server was told to stop. A restored
// producer is as good as a connected one.
http::reply readyz(request const& asked, registry::registration_db const& db,
                   server_info const& server) {
  bool const draining = server.draining;
  std::string checks{ping_check};
  checks.append(draining ? "[-]shutdown failed: the server was told to stop\n"
                         : "[+]shutdown ok\n");
  if (auto const restored = db.count_all().restored_producers; restored != 0) {
    checks.append("[+]restart ok: ").append(std::to_string(restored));
    checks.append(" restored producers are to come back\n");
  }
  auto const cluster = server.cluster ? server.cluster() : cluster_report{};
  checks.append(cluster.check);
  return report(asked, "readyz", !draining && cluster.is_ready, checks);
}

std::optional<log::level> level_of(std::string_view name) {
  auto const* const found = std::ranges::find(log::level_names, text::lower_case(name));
  if (found == log::level_names.end()) {
    return std::nullopt;
  }
  return static_cast<log::level>(found - log::level_names.begin());
}

// The log's level as a number, 1 (debug) to 5 (fatal). PUT sets it first, to the level whose name
// is the body, as nsqd has it.
http::reply log_level(request const& asked, registry::registration_db&, registry::time_point) {
  if (asked.method == "PUT") {
    if (asked.body.empty()) {
      return http_api::error_reply(413, "INVALID_VALUE");
    }
    auto const wanted = level_of(asked.body);
    if (!wanted) {
      return http_api::error_reply(400, "INVALID_VALUE");
    }
    log::set_threshold(*wanted);
  }
  return http_api::json_reply(std::to_string(static_cast<unsigned>(log::threshold()) + 1));
}

}  // namespace

http::reply tool_reply(std::string_view content_type, http::body text, unsigned status) {
  std::string headers = "Content-Type: ";
  headers.append(content_type).append("\r\nX-Content-Type-Options: nosniff\r\n");
  return {
      .status = status, .headers = std::move(headers), .body = std::move(text), .logged = false};
}

std::optional<std::string> argument(request const& asked, std::string_view name) {
  auto const arguments = asked.target.arguments();
  return arguments.is_well_formed() ? arguments.get(name) : std::nullopt;
}

std::vector<http_api::route> routes(server_info const& server) {
  using enum http_api::access;
  using enum http_api::methods;
  using enum http_api::takes;
  auto const ready = [&server](request const& asked, registry::registration_db const& db, auto) {
    return readyz(asked, db, server);
  };
  auto const openapi = [text = std::make_shared<std::string const>(openapi_text())](
                           auto const&...) { return tool_reply(json, text); };
  auto const metrics = [&server](request const&, registry::registration_db const& db, auto) {
    return tool_reply(prometheus_text, server.metrics(db.count_all()));
  };
  auto const cluster = [&server](auto const&...) {
    return http_api::json_reply(server.cluster().json);
  };
  // HEAD is answered here, where GET changes nothing; v1.3.0 refuses it on its own routes.
  std::vector<http_api::route> all{
      {"/livez", get_or_head, open, nothing, livez},
      {"/readyz", get_or_head, open, nothing, ready},
      {"/openapi.json", get_or_head, read, nothing, openapi},
      {"/metrics", get_or_head, read, nothing, metrics},
      {"/cluster", get_or_head, read, nothing, cluster},
      {"/config/log_level", get_head_or_put, read, body, log_level},
  };
  all.push_back(page_route());
  std::ranges::move(pprof_routes(server), std::back_inserter(all));
  return all;
}

}  // namespace nsqlookupd::admin
