// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/reply.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace nsqlookupd::http_api {

/// What an answer holds for.
struct validity {
  std::uint64_t version = 0;
  registry::time_point made_at;
  /// The last moment at which it is still right.
  registry::time_point good_until;

  // A clock that was set back may bring back what had expired.
  [[nodiscard]] bool includes(std::uint64_t asked, registry::time_point now) const noexcept {
    return asked == version && made_at <= now && now <= good_until;
  }
};

/// Where a node stands in the text of a listing.
struct written_node {
  written_node(std::uint32_t first, std::uint32_t length, registry::time_point until) noexcept
      : begin{first}, size{length}, good_until{until} {}

  std::uint32_t begin;
  std::uint32_t size;
  /// The last moment at which its text is still right.
  registry::time_point good_until;
};

/// By registry::listed_node::version().
using written_nodes = boost::unordered_flat_map<std::uint64_t, written_node>;

/// A listing as it was written.
struct written_listing {
  std::string text;
  validity holds;
  /// Of `/nodes`: where each stands, for the next listing to have it from here, and the
  /// registration_db::nodes_epoch() for which that is right.
  written_nodes nodes = {};
  std::uint64_t epoch = 0;
};

/// The last answer of one listing, for those who ask again before anything that it shows has
/// changed: through an event, which the registration_db counts as a version, or through time alone.
///
/// Not synchronized: used on the registration_db's strand.
class kept_answer {
 public:
  /// The answer, if it is right at this version and time; else null.
  [[nodiscard]] shared_text find(std::uint64_t version, registry::time_point now) const noexcept;

  /// Keeps `fresh`, in place of what was kept before. Returns its text.
  shared_text keep(written_listing fresh);

  /// What was kept last, right or not; may be null.
  [[nodiscard]] std::shared_ptr<written_listing const> const& last() const noexcept {
    return last_;
  }

  /// About how many bytes the next answer will have, judging by the last.
  [[nodiscard]] std::size_t expected_size() const noexcept;

 private:
  std::shared_ptr<written_listing const> last_;
};

}  // namespace nsqlookupd::http_api
