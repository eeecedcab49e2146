// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/admin/routes.hpp>
#include <nsqlookupd/http/reply.hpp>
#include <nsqlookupd/http/target.hpp>
#include <nsqlookupd/http_api/routes.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::admin {

// Values of Content-Type.
inline constexpr std::string_view plain_text = "text/plain; charset=utf-8";
inline constexpr std::string_view html = "text/html; charset=utf-8";
inline constexpr std::string_view json = "application/json; charset=utf-8";
inline constexpr std::string_view prometheus_text = "text/plain; version=0.0.4; charset=utf-8";
inline constexpr std::string_view binary = "application/octet-stream";

/// A reply to a tool: not one of NSQ's, and not logged.
[[nodiscard]] http::reply tool_reply(std::string_view content_type, http::body text,
                                     unsigned status = 200);

/// The argument of a query that may be malformed, in which case it has none.
[[nodiscard]] std::optional<std::string> argument(http_api::request const& asked,
                                                  std::string_view name);

/// The text of libs/admin/openapi.json, with the server's version in it.
[[nodiscard]] std::string_view openapi_text() noexcept;

/// A file of libs/admin/page, as the browser takes it.
struct page_file {
  std::string_view name;
  /// Another text has another one.
  std::string_view hash;
  std::string_view gzip;
};

[[nodiscard]] std::span<page_file const> page_files() noexcept;

/// `/ui/`: the page. It has no data in it: it asks for that with the other routes.
[[nodiscard]] http_api::route page_route();

/// `/debug/pprof`: what a C++ process can say under the names of Go's profiles.
[[nodiscard]] std::vector<http_api::route> pprof_routes(server_info const& server);

}  // namespace nsqlookupd::admin
