// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/auth/token_hash.hpp>
#include <nsqlookupd/auth/vocabulary.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::auth {

/// The client that asks, as far as its token tells.
struct caller {
  right may = right::nothing;
  /// The name of the token that it has shown; empty when that is not on the list.
  std::string token_name = {};
};

/// The tokens of an auth file. Each line is
///
///     <name> <read|write> sha256:<salt>:<digest>
///
/// as make_line() makes it; empty lines and lines that begin with `#` say nothing. Where no line
/// says `read`, anybody may read.
class token_list {
 public:
  /// Throws std::runtime_error with what is wrong and in which line, but not with what stands
  /// there.
  [[nodiscard]] static token_list parse(std::string_view text);

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  /// `authorization`: the value of the header, empty when there is none. `Bearer <token>`, or
  /// `Basic` with the name and the token.
  [[nodiscard]] caller identify(std::string_view authorization) const;

 private:
  struct entry {
    std::string name;
    right may;
    token_hash hash;
  };

  static entry parse_line(std::string_view line);

  std::vector<entry> entries_;
  right anybody_may_ = right::read;
};

/// A line for the file. Throws std::runtime_error when name, right or token cannot stand in one.
[[nodiscard]] std::string make_line(std::string_view name, std::string_view may,
                                    std::string_view token);

}  // namespace nsqlookupd::auth
