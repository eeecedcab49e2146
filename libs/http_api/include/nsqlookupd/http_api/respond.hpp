// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/answer.hpp>
#include <nsqlookupd/http_api/kept_answers.hpp>
#include <nsqlookupd/registry/registration_db.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {

/// What a client may do; each may do what stands before it.
enum class right : std::uint8_t { nothing, read, write };

/// A request whose header was found to be in order.
struct request {
  std::string_view method;
  /// As on the wire, not empty: `/lookup?topic=t`, `http://host:4161/lookup?topic=t` or `*`.
  std::string_view target;
  /// As much of it as kept_body_size() asks for; else bodies decide nothing and are not kept.
  std::string_view body = {};
  /// Where it must be asked over TLS instead, unless it is a probe's; 0: it may be asked here.
  std::uint16_t https_port = 0;
  /// What who asks may do.
  right granted = right::write;
  /// Whether he has said who he is, so that asking him for it leads nowhere.
  bool is_known = true;
};

/// What the answers tell of the server itself.
struct server_info {
  /// The version number without a `v`: `/info` shows it.
  std::string version;
  /// The tool chain, `g++ 12.2.0`: `/debug/pprof` shows it.
  std::string built_with;
  /// Whether it was told to stop and only serves on so that clients have time to turn to others:
  /// `/readyz` says so. Any thread.
  std::atomic<bool> draining = false;
  /// The body of `/metrics`. Called on the registration_db's strand.
  std::function<std::string(registry::totals const&)> metrics = nullptr;
};

/// The paths of all routes, and `other` for what is none of them, in static storage.
[[nodiscard]] std::span<std::string_view const> route_labels() noexcept;

/// Answers one request, and does what it asks for. Every answer is a legal HTTP reply: exceptions
/// become 500 `INTERNAL_ERROR`. On the registration_db's strand.
///
/// `kept` belongs to `db`, and outlives what is returned.
///
/// After POST /topic/delete the registration_db may have something to reclaim().
[[nodiscard]] answer respond(request const& what, registry::registration_db& db,
                             registry::time_point now, server_info const& server,
                             kept_answers& kept);

/// True when the route takes a body, or arguments and they are well-formed: v1.3.0 reads the
/// request's body then, which decides whether `100 Continue` is sent and whether a body that is cut
/// short matters.
[[nodiscard]] bool reads_body(request const& what);

/// How many bytes of the request's body, from its beginning, the route may look at.
[[nodiscard]] std::size_t kept_body_size(std::string_view method, std::string_view target);

/// Appends the target as the access log shows it: without scheme and host, and with what is not
/// allowed in a path escaped.
void append_logged_target(request const& what, std::string& out);

}  // namespace nsqlookupd::http_api
