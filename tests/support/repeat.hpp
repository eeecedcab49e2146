// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nsqlookupd::test_support {

/// `text`, `count` times.
inline std::string repeat(std::string_view text, std::size_t count) {
  std::string result;
  result.reserve(text.size() * count);
  for (std::size_t number = 0; number < count; ++number) {
    result += text;
  }
  return result;
}

}  // namespace nsqlookupd::test_support
