// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/white_space.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace nsqlookupd::protocol {
namespace {

constexpr bool is_ascii(char byte) noexcept {
  return static_cast<unsigned char>(byte) < 0x80;
}

constexpr bool is_ascii_space(char byte) noexcept {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

// Unicode's White_Space beyond ASCII, as UTF-8.
constexpr std::array<std::string_view, 19> wide_spaces{
    "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
    "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
    "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

std::size_t leading_space(std::string_view text) noexcept {
  if (is_ascii(text.front())) {
    return is_ascii_space(text.front()) ? 1 : 0;
  }
  auto const found = std::find_if(wide_spaces.begin(), wide_spaces.end(),
                                  [=](std::string_view space) { return text.starts_with(space); });
  return found == wide_spaces.end() ? 0 : found->size();
}

std::size_t trailing_space(std::string_view text) noexcept {
  if (is_ascii(text.back())) {
    return is_ascii_space(text.back()) ? 1 : 0;
  }
  auto const found = std::find_if(wide_spaces.begin(), wide_spaces.end(),
                                  [=](std::string_view space) { return text.ends_with(space); });
  return found == wide_spaces.end() ? 0 : found->size();
}

}  // namespace

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty()) {
    auto const size = leading_space(text);
    if (size == 0) {
      break;
    }
    text.remove_prefix(size);
  }
  while (!text.empty()) {
    auto const size = trailing_space(text);
    if (size == 0) {
      break;
    }
    text.remove_suffix(size);
  }
  return text;
}

}  // namespace nsqlookupd::protocol
