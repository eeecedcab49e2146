// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nsqlookupd::auth {

using sha256_digest = std::array<unsigned char, 32>;

/// The digest of `prefix` and `text` together. Any thread.
[[nodiscard]] sha256_digest sha256(std::span<unsigned char const> prefix, std::string_view text);

/// Takes as long whatever the answer is.
[[nodiscard]] bool are_equal(sha256_digest const& left, sha256_digest const& right) noexcept;

/// A token as the server knows it: SHA-256 over a salt and the token. Fast, since a token that is
/// shown for the first time is hashed with each salt, and good enough for tokens that are long and
/// random.
struct token_hash {
  static constexpr std::size_t salt_size = 16;

  std::array<unsigned char, salt_size> salt{};
  sha256_digest digest{};

  /// With a salt of its own. Throws std::runtime_error when the system has no random numbers.
  [[nodiscard]] static token_hash of(std::string_view token);

  /// Reads what to_text() wrote; nothing when it is something else.
  [[nodiscard]] static std::optional<token_hash> parse(std::string_view text);

  /// `sha256:<salt>:<digest>`, both in hexadecimal digits.
  [[nodiscard]] std::string to_text() const;

  /// Whether it is the token's. Takes as long whatever the answer is.
  [[nodiscard]] bool matches(std::string_view token) const;
};

/// A token must have this many bytes: fewer could be guessed from a hash.
inline constexpr std::size_t min_token_size = 16;

/// And at most this many: each byte is hashed with each salt.
inline constexpr std::size_t max_token_size = 1024;

}  // namespace nsqlookupd::auth
