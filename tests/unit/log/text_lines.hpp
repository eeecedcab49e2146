// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::log {

/// The lines of `text` without their `\n`; an unfinished last one is left out.
inline std::vector<std::string> text_lines(std::string_view text) {
  std::vector<std::string> lines;
  for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

/// `LEVEL: message` of a line with an empty prefix.
inline std::string without_stamp(std::string const& line) {
  constexpr auto stamp_size = std::string_view("2026/11/22 17:55:03.881653 ").size();
  return line.size() < stamp_size ? line : line.substr(stamp_size);
}
}  // namespace nsqlookupd::log
