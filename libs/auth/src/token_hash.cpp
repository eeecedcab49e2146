// SPDX-License-Identifier: MIT
#include <nsqlookupd/auth/token_hash.hpp>
#include <nsqlookupd/text/ascii.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>
#include <stdexcept>

namespace nsqlookupd::auth {
namespace {

constexpr std::string_view kind = "sha256:";

void append_hex(std::string& text, std::span<unsigned char const> bytes) {
  for (auto const byte : bytes) text::append_hex(text, byte);
}

}  // namespace

sha256_digest sha256(std::span<unsigned char const> prefix, std::string_view text) {
  // To look for the algorithm and to make a state for it takes longer than to hash a token.
  static std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> const algorithm{
      EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free};
  thread_local std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> const state{EVP_MD_CTX_new(),
                                                                                   EVP_MD_CTX_free};
  sha256_digest digest{};
  if (!algorithm || !state || EVP_DigestInit_ex2(state.get(), algorithm.get(), nullptr) != 1 ||
      EVP_DigestUpdate(state.get(), prefix.data(), prefix.size()) != 1 ||
      EVP_DigestUpdate(state.get(), text.data(), text.size()) != 1 ||
      EVP_DigestFinal_ex(state.get(), digest.data(), nullptr) != 1) {
    throw std::runtime_error{"OpenSSL cannot hash by SHA-256"};
  }
  return digest;
}

bool are_equal(sha256_digest const& left, sha256_digest const& right) noexcept {
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

token_hash token_hash::of(std::string_view token) {
  token_hash made;
  if (RAND_bytes(made.salt.data(), static_cast<int>(made.salt.size())) != 1) {
    throw std::runtime_error{"the system gives no random numbers"};
  }
  made.digest = sha256(made.salt, token);
  return made;
}

std::optional<token_hash> token_hash::parse(std::string_view text) {
  token_hash read;
  if (!text.starts_with(kind)) {
    return std::nullopt;
  }
  text.remove_prefix(kind.size());
  auto const colon = text.find(':');
  if (colon == std::string_view::npos || !text::parse_hex(text.substr(0, colon), read.salt) ||
      !text::parse_hex(text.substr(colon + 1), read.digest)) {
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
  return are_equal(digest, sha256(salt, token));
}

}  // namespace nsqlookupd::auth
