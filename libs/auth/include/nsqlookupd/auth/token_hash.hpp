// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::auth {

/// A token as the server knows it: SHA-256 over a salt and the token. Fast, since it is done for
/// each request, and good enough for tokens that are long and random.
struct token_hash {
  static constexpr std::size_t salt_size = 16;
  static constexpr std::size_t digest_size = 32;

  std::array<unsigned char, salt_size> salt{};
  std::array<unsigned char, digest_size> digest{};

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

}  // namespace nsqlookupd::auth
