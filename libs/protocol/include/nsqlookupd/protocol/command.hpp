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
  /// The words after the name, empty ones included; those beyond `max_params` are ignored.
  std::array<std::string_view, max_params> params;
  std::size_t param_count = 0;

  /// The parameter at `index`, or an empty one when the line has fewer.
  [[nodiscard]] std::string_view param(std::size_t index) const noexcept {
    return index < param_count ? params[index] : std::string_view{};
  }
};

/// `text` without the Unicode white space at both ends (docs/PROTOCOL.md, "Command lines").
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

/// Trims the line and splits it on single spaces (docs/PROTOCOL.md, "Command lines"). An empty line
/// is a command without a name.
[[nodiscard]] command parse_command(std::string_view line) noexcept;

/// The last line of an ANNOUNCE's `body` that is not blank, trimmed; empty when there is none.
[[nodiscard]] std::string_view last_address(std::string_view body) noexcept;

}  // namespace nsqlookupd::protocol
