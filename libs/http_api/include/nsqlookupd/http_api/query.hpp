// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {

/// The arguments of a request: its query string, read as Go's url.ParseQuery does.
class query {
 public:
  /// `encoded` must outlive the query.
  explicit query(std::string_view encoded) noexcept : encoded_{encoded} {}

  /// False when there is a bad escape or a semicolon anywhere in it.
  [[nodiscard]] bool is_well_formed() const noexcept;

  /// The query string as it was sent.
  [[nodiscard]] std::string_view encoded() const noexcept { return encoded_; }

  /// The first value of the argument, decoded; nothing when it is absent. An argument without `=`
  /// is present and empty. The query must be well-formed.
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;

 private:
  std::string_view encoded_;
};

}  // namespace nsqlookupd::http_api
