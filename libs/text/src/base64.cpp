// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/base64.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace nsqlookupd::text {
namespace {

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t no_digit = 64;

constexpr auto values = [] {
  std::array<std::uint8_t, 256> all{};
  all.fill(no_digit);
  for (std::size_t value = 0; value < base64_digits.size(); ++value) {
    all[static_cast<unsigned char>(base64_digits[value])] = static_cast<std::uint8_t>(value);
  }
  return all;
}();

std::uint32_t byte_at(std::string_view bytes, std::size_t index) {
  return index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : 0U;
}

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
  // A group of three bytes is four digits of six bits.
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    auto const group =
        byte_at(bytes, at) << 16U | byte_at(bytes, at + 1) << 8U | byte_at(bytes, at + 2);
    out += base64_digits[group >> 18U];
    out += base64_digits[group >> 12U & 63U];
    out += at + 1 < bytes.size() ? base64_digits[group >> 6U & 63U] : '=';
    out += at + 2 < bytes.size() ? base64_digits[group & 63U] : '=';
  }
}

std::optional<std::string> parse_base64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return std::nullopt;
  }
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) {
    text.remove_suffix(1);
  }
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (char const digit : text) {
    auto const value = values[static_cast<unsigned char>(digit)];
    if (value == no_digit) {
      return std::nullopt;
    }
    bits = bits << 6U | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xffU);
    }
  }
  // The unused bits of the last digit are zero.
  if ((bits & ((1U << count) - 1)) != 0) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace nsqlookupd::text
