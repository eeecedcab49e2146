// SPDX-License-Identifier: MIT
#pragma once

#include "world.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::admin {

/// A request, and what came of it.
struct asked {
  std::string_view method;
  std::string_view target;
  http_api::answered answer;
};

/// The code of an error, in the form of today or of 2012; empty when the answer has none.
[[nodiscard]] std::string code_of(http_api::answered const& answer);

/// Asks one server for every kind of answer that each route has, and adds
/// refusals_of_all_routes(). A new route, or a new answer of an old one, gets its request here.
[[nodiscard]] std::vector<asked> tour_of_all_answers();

}  // namespace nsqlookupd::admin
