// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/auth/token_list.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

namespace nsqlookupd::auth {

/// The token_list that counts now. Thread-safe.
///
/// The list hashes what a client shows with each of its salts. The answers to what was shown of
/// late are remembered, so that this is done for a new token and not for each request.
class access_control {
 public:
  /// `tokens`: not null.
  explicit access_control(std::shared_ptr<token_list const> tokens);

  /// Puts another in its place.
  void replace(std::shared_ptr<token_list const> tokens);

  /// As token_list has it.
  [[nodiscard]] caller identify(std::string_view authorization) const;

 private:
  /// Not the header, which is secret, but what it hashes to.
  struct remembered {
    sha256_digest header;
    caller is;
  };

  static constexpr std::size_t max_remembered = 256;

  mutable std::mutex mutex_;
  std::shared_ptr<token_list const> tokens_;
  /// Each has the one place that the first byte of its hash names. So nothing grows, and many wrong
  /// tokens make the others be looked up again, no more.
  mutable std::array<std::optional<remembered>, max_remembered> answers_;
};

}  // namespace nsqlookupd::auth
