// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/answer.hpp>
#include <nsqlookupd/http_api/reply.hpp>

#include "outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {

/// How a route's answers look: headers, the form of errors, and whether they are logged.
enum class style : std::uint8_t {
  /// JSON or nothing, errors as `{"message":"CODE"}`.
  v1,
  /// The text alone.
  plain,
  /// What 2012's clients read: `{"status_code":…,"status_txt":…,"data":…}`.
  envelope,
  /// For operators' tools, not for NSQ's clients: probes and Go's pprof pages.
  tool
};

/// Makes an answer of what a handler said.
[[nodiscard]] answer dress(style how, outcome what);

[[nodiscard]] reply v1_json(std::string body);
[[nodiscard]] reply v1_json(shared_text body);

[[nodiscard]] reply v1_error(unsigned status, std::string_view code);

}  // namespace nsqlookupd::http_api
