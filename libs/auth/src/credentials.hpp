// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::auth {

/// What a client shows.
struct credentials {
  /// Nothing with Bearer, which has no names.
  std::optional<std::string> name;
  std::string token;
};

/// Reads the value of an `Authorization` header; nothing when it is of no known kind, or broken.
[[nodiscard]] std::optional<credentials> parse_credentials(std::string_view authorization);

}  // namespace nsqlookupd::auth
