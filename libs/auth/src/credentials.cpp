// SPDX-License-Identifier: MIT
#include "credentials.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>

namespace nsqlookupd::auth {
namespace {

bool is_word(std::string_view text, std::string_view lower_case_word) {
  return std::equal(text.begin(), text.end(), lower_case_word.begin(), lower_case_word.end(),
                    [](char left, char right) { return (left | 0x20) == right; });
}

std::string_view without_spaces(std::string_view text) {
  auto const begin = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::optional<std::string> decode_base64(std::string_view text) {
  auto const padding =
      static_cast<std::size_t>(text.end() - std::find(text.begin(), text.end(), '='));
  if (text.empty() || text.size() % 4 != 0 || padding > 2) {
    return std::nullopt;
  }
  std::string bytes(text.size() / 4 * 3, '\0');
  auto const size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                    reinterpret_cast<unsigned char const*>(text.data()),
                                    static_cast<int>(text.size()));
  if (size < 0) {
    return std::nullopt;
  }
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

}  // namespace

std::optional<credentials> parse_credentials(std::string_view authorization) {
  auto const text = without_spaces(authorization);
  auto const kind = text.substr(0, text.find(' '));
  auto const rest = without_spaces(text.substr(kind.size()));
  if (rest.empty()) {
    return std::nullopt;
  }
  if (is_word(kind, "bearer")) {
    return credentials{std::nullopt, std::string{rest}};
  }
  auto const pair = is_word(kind, "basic") ? decode_base64(rest) : std::nullopt;
  auto const colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return std::nullopt;
  }
  return credentials{pair->substr(0, colon), pair->substr(colon + 1)};
}

}  // namespace nsqlookupd::auth
