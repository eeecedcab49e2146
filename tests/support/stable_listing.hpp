// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/registration_db.hpp>

#include "registry_listings.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <string>

namespace nsqlookupd::test_support {

/// A listing that is read page by page, and the key by which one of its lines is known.
struct stable_listing {
  std::function<lines(paging const&)> list;
  std::string (*key_of)(std::string const& line);
};

/// Listings of each kind.
[[nodiscard]] std::array<stable_listing, 6> stable_listings(registry::registration_db& db,
                                                            registry::time_point now);

/// Reads the listing three times: before `change`, with that after so many pages of this size, and
/// after it. A reader across a change lists each entry that is there before and after it exactly
/// once, and no entry that is there neither before nor after. Throws registry_difference.
void expect_stable(stable_listing const& listing, std::size_t page_size, int pages,
                   std::function<void()> const& change);

}  // namespace nsqlookupd::test_support
