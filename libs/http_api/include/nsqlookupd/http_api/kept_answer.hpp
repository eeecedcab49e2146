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
  /// What an answer holds for.
  struct validity {
    std::uint64_t version = 0;
    registry::time_point made_at;
    /// The last moment at which it is still right.
    registry::time_point good_until;
  };

  /// The answer, if it is right at this version and time; else null, and it is let go.
  [[nodiscard]] shared_text find(std::uint64_t version, registry::time_point now) noexcept;

  /// Keeps `text`, in place of what was kept before. Returns it.
  shared_text keep(std::string text, validity const& holds);

  /// About how many bytes the next answer will have, judging by the last.
  [[nodiscard]] std::size_t expected_size() const noexcept { return last_size_ + last_size_ / 16; }

 private:
  std::size_t last_size_ = 0;
  shared_text text_;
  validity holds_;
};

/// The answers that are kept, by route.
struct kept_answers {
  kept_answer topics;
  kept_answer nodes;
};

}  // namespace nsqlookupd::http_api
