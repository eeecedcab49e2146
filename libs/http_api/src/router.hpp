// SPDX-License-Identifier: MIT
//
// Which handler answers what: the one table of routes.
#pragma once

#include "dress.hpp"
#include "outcome.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace nsqlookupd::http_api {

enum class methods : std::uint8_t {
  none = 0,
  get = 1,
  post = 2,
  get_or_post = 3,
  put = 4,
  get_or_put = 5
};

constexpr bool includes(methods set, methods wanted) noexcept {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(wanted)) != 0;
}

/// The method of this name; none for all that no route has.
[[nodiscard]] methods method_of(std::string_view name) noexcept;

/// The value of `Allow` for a path with these methods.
[[nodiscard]] std::string_view allow_of(methods set) noexcept;

/// What a route looks at. Arguments stand in the query string, which must then be well-formed.
enum class takes : std::uint8_t { nothing, arguments, body };

/// Whom a route is for.
enum class access : std::uint8_t {
  /// Anybody, also where all else is for TLS alone: probes of those who have no certificate.
  open,
  /// To PUT here needs the right to write.
  read,
  write,
  /// What concerns the process rather than what is registered: for those who may write.
  debug
};

struct route {
  std::string_view path;
  methods allowed;
  access needed;
  style how;
  takes input;
  handler run;
};

/// The whole table.
[[nodiscard]] std::span<route const> all_routes() noexcept;

/// The route of exactly this path, or null.
[[nodiscard]] route const* find_route(std::string_view path) noexcept;

}  // namespace nsqlookupd::http_api
