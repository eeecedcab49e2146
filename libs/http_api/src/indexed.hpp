// SPDX-License-Identifier: MIT
//
// Reads whose answers have an index (docs/PROTOCOL.md, "Index and waiting").
#pragma once

#include <nsqlookupd/http_api/routes.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {

/// The arguments `index` and `wait` of a request.
struct waiting_arguments {
  /// Nothing, where the request does not wait.
  std::optional<std::uint64_t> index = {};
  std::chrono::nanoseconds at_most{};
  /// The code of the error in them; empty when they are good.
  std::string_view wrong = {};

  [[nodiscard]] static waiting_arguments of(request const& asked);
};

/// The reply before the answer itself is written: that the request waits, that it is wrong, or that
/// the client has the answer already; nothing when the answer is to be written. `changed`: the
/// answer's index. `key`: what changes it.
[[nodiscard]] std::optional<http::reply> before_answer(request const& asked,
                                                       registry::registration_db const& db,
                                                       std::uint64_t changed, std::string_view key);

/// Adds the headers with the answer's index.
[[nodiscard]] http::reply with_index(http::reply answer, std::uint64_t index);

}  // namespace nsqlookupd::http_api
