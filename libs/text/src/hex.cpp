// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/hex.hpp>

#include <cstddef>

namespace nsqlookupd::text {

bool parse_hex(std::string_view text, std::span<unsigned char> into) noexcept {
  if (text.size() != into.size() * 2) return false;
  for (std::size_t at = 0; at < into.size(); ++at) {
    auto const high = hex_digits.find(text[2 * at]);
    auto const low = hex_digits.find(text[2 * at + 1]);
    if (high == hex_digits.npos || low == hex_digits.npos) return false;
    into[at] = static_cast<unsigned char>(high << 4U | low);
  }
  return true;
}

}  // namespace nsqlookupd::text
