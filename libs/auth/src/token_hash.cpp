// SPDX-License-Identifier: MIT
#include <nsqlookupd/auth/token_hash.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>
#include <new>
#include <span>
#include <stdexcept>

namespace nsqlookupd::auth {
namespace {

constexpr std::string_view kind = "sha256:";
constexpr std::string_view digits = "0123456789abcdef";

using bytes = std::span<unsigned char const>;

std::array<unsigned char, token_hash::digest_size> hash(bytes salt, std::string_view token) {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> const state{EVP_MD_CTX_new(),
                                                                      EVP_MD_CTX_free};
  std::array<unsigned char, token_hash::digest_size> digest{};
  if (!state || EVP_DigestInit_ex(state.get(), EVP_sha256(), nullptr) != 1 ||
      EVP_DigestUpdate(state.get(), salt.data(), salt.size()) != 1 ||
      EVP_DigestUpdate(state.get(), token.data(), token.size()) != 1 ||
      EVP_DigestFinal_ex(state.get(), digest.data(), nullptr) != 1) {
    throw std::bad_alloc{};
  }
  return digest;
}

void append_hex(std::string& text, bytes what) {
  for (auto const byte : what) {
    text += digits[byte >> 4U];
    text += digits[byte & 0xFU];
  }
}

bool parse_hex(std::string_view text, std::span<unsigned char> into) {
  if (text.size() != into.size() * 2) {
    return false;
  }
  for (std::size_t at = 0; at < into.size(); ++at) {
    auto const high = digits.find(text[2 * at]);
    auto const low = digits.find(text[2 * at + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
      return false;
    }
    into[at] = static_cast<unsigned char>(high << 4U | low);
  }
  return true;
}

}  // namespace

token_hash token_hash::of(std::string_view token) {
  token_hash made;
  if (RAND_bytes(made.salt.data(), static_cast<int>(made.salt.size())) != 1) {
    throw std::runtime_error{"the system gives no random numbers"};
  }
  made.digest = hash(made.salt, token);
  return made;
}

std::optional<token_hash> token_hash::parse(std::string_view text) {
  token_hash read;
  if (!text.starts_with(kind)) {
    return std::nullopt;
  }
  text.remove_prefix(kind.size());
  auto const colon = text.find(':');
  if (colon == std::string_view::npos || !parse_hex(text.substr(0, colon), read.salt) ||
      !parse_hex(text.substr(colon + 1), read.digest)) {
    return std::nullopt;
  }
  return read;
}

std::string token_hash::to_text() const {
  std::string text{kind};
  append_hex(text, salt);
  text += ':';
  append_hex(text, digest);
  return text;
}

bool token_hash::matches(std::string_view token) const {
  auto const other = hash(salt, token);
  return CRYPTO_memcmp(digest.data(), other.data(), digest.size()) == 0;
}

}  // namespace nsqlookupd::auth
