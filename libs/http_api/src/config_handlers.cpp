// SPDX-License-Identifier: MIT
#include "config_handlers.hpp"

#include <nsqlookupd/log/level.hpp>
#include <nsqlookupd/log/setup.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

// In the order of log::level.
constexpr std::array<std::string_view, 5> level_names = {"debug", "info", "warn", "error", "fatal"};

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  auto const lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(left, right, {}, lower, lower);
}

std::optional<log::level> level_of(std::string_view name) {
  for (std::size_t number = 0; number < level_names.size(); ++number) {
    if (equals_ignoring_case(name, level_names[number])) {
      return static_cast<log::level>(number);
    }
  }
  return std::nullopt;
}

}  // namespace

outcome log_level(call const& what) {
  if (what.method == "PUT") {
    if (what.body.empty()) {
      return refused(413, "INVALID_VALUE");
    }
    auto const wanted = level_of(what.body);
    if (!wanted) {
      return refused(400, "INVALID_VALUE");
    }
    log::set_threshold(*wanted);
  }
  return {.body = std::to_string(static_cast<unsigned>(log::threshold()) + 1),
          .content = content_type::json};
}

}  // namespace nsqlookupd::http_api
