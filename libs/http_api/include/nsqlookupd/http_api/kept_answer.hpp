// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/reply.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace nsqlookupd::http_api {

/// The last answer of one listing, for those who ask again before anything that it shows has
/// changed: through an event, which the registration_db counts as a version, or through time alone.
///
/// Not synchronized: used on the registration_db's strand.
class kept_answer {
 public:
  /// Bytes of an answer beyond which it is not kept.
  static constexpr std::size_t largest = std::size_t{16} << 20U;

  /// What an answer holds for.
  struct validity {
    std::uint64_t version = 0;
    registry::time_point made_at;
    /// The last moment at which it is still right.
    registry::time_point good_until;
  };

  /// The answer, if it is right at this version and time; else null, and it is let go.
  [[nodiscard]] shared_text find(std::uint64_t version, registry::time_point now) noexcept;

  /// Keeps `text`, in place of what was kept before, unless it is too long. Returns it.
  shared_text keep(std::string text, validity const& holds);

 private:
  shared_text text_;
  validity holds_;
};

/// The answers that are kept, by route.
struct kept_answers {
  kept_answer topics;
  kept_answer nodes;
};

}  // namespace nsqlookupd::http_api
