// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace nsqlookupd::protocol {

/// One line of the V1 protocol, taken apart. The views point into the line.
struct command {
  static constexpr std::size_t max_params = 3;

  std::string_view name;
  /// What follows the name, empty parameters included; those beyond `max_params` are ignored.
  std::array<std::string_view, max_params> params;
  std::size_t param_count = 0;

  /// The parameter at `index`, or an empty one when the line has fewer.
  [[nodiscard]] std::string_view param(std::size_t index) const noexcept {
    return index < param_count ? params[index] : std::string_view{};
  }
};

/// Trims the line and splits it on single spaces (SPEC 1). An empty line is a command without a
/// name.
[[nodiscard]] command parse_command(std::string_view line) noexcept;

}  // namespace nsqlookupd::protocol
