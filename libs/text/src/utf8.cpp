// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/utf8.hpp>

#include <algorithm>

namespace nsqlookupd::text {
namespace {

struct lead {
  std::size_t size;
  unsigned char second_low;
  unsigned char second_high;
};

// Table 3-7 of the Unicode standard: what may begin a sequence, and what may stand second in it.
constexpr lead lead_of(unsigned char byte) noexcept {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xc2 || byte > 0xf4) return {0, 0, 0};
  if (byte < 0xe0) return {2, 0x80, 0xbf};
  if (byte == 0xe0) return {3, 0xa0, 0xbf};
  if (byte == 0xed) return {3, 0x80, 0x9f};
  if (byte < 0xf0) return {3, 0x80, 0xbf};
  if (byte == 0xf0) return {4, 0x90, 0xbf};
  return {4, 0x80, static_cast<unsigned char>(byte == 0xf4 ? 0x8f : 0xbf)};
}

}  // namespace

std::size_t utf8_size(std::string_view text) noexcept {
  if (text.empty()) return 0;
  auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  auto const [size, second_low, second_high] = lead_of(byte(0));
  if (size < 2) return size;
  if (text.size() < size || byte(1) < second_low || byte(1) > second_high) return 0;
  for (std::size_t at = 2; at < size; ++at) {
    if ((byte(at) & 0xc0U) != 0x80U) return 0;
  }
  return size;
}

std::string to_valid_utf8(std::string text) {
  auto const is_ascii = [](char byte) { return static_cast<unsigned char>(byte) < 0x80; };
  if (std::ranges::all_of(text, is_ascii)) return text;
  std::string valid;
  for (std::string_view rest{text}; !rest.empty();) {
    auto const size = utf8_size(rest);
    valid += size == 0 ? std::string_view{"\ufffd"} : rest.substr(0, size);
    rest.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return valid;
}

}  // namespace nsqlookupd::text
