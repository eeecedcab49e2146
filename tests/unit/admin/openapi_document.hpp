// SPDX-License-Identifier: MIT
//
// The served OpenAPI document, and how to read it.
#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace nsqlookupd::admin {

[[nodiscard]] boost::json::value const& openapi_document();

/// The target of `$ref`, or `part` itself when it is no reference.
[[nodiscard]] boost::json::value const& resolve(boost::json::value const& part);

/// Where and how `value` differs from a schema of the document; nothing when they agree.
[[nodiscard]] std::string violation(boost::json::value const& value,
                                    boost::json::value const& schema);

/// Null when there is none.
[[nodiscard]] boost::json::value const* find_operation(std::string_view method,
                                                       std::string_view path);

/// The range of a status, such as `4XX`.
[[nodiscard]] std::string range_of(std::string_view status);

/// The key of the response to this status: the status itself, or else its range. Empty when
/// the operation has neither.
[[nodiscard]] std::string response_key(boost::json::value const& operation, unsigned status);

[[nodiscard]] std::string upper_case(std::string_view text);

/// Calls `function` with `METHOD /path` and the operation, for each.
template <class Function>
void for_each_operation(Function function) {
  for (auto const& [path, methods] : openapi_document().at("paths").as_object()) {
    for (auto const& [method, operation] : methods.as_object()) {
      function(upper_case(method) + ' ' + std::string{path}, operation);
    }
  }
}

}  // namespace nsqlookupd::admin
