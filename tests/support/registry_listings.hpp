// SPDX-License-Identifier: MIT
//
// The answers of a registration_db, read to the end page by page, as lines of text.
#pragma once

#include <nsqlookupd/registry/registration_db.hpp>

#include "registry_lines.hpp"

#include <cstddef>
#include <functional>
#include <string_view>

namespace nsqlookupd::test_support {

/// How a listing is read: so many items a page, and what happens between two pages.
///
/// Every listing throws std::runtime_error when a page holds more than it may, or when the pages do
/// not come to an end.
struct paging {
  std::size_t size = 1000;
  std::function<void()> between = {};
};

[[nodiscard]] lines list_topics(registry::registration_db const& db, paging const& pages = {});
[[nodiscard]] lines list_channels(registry::registration_db const& db, std::string_view topic,
                                  paging const& pages = {});
[[nodiscard]] lines list_all_channels(registry::registration_db const& db,
                                      paging const& pages = {});
/// Those that depend on time let it pass until `now` first.
[[nodiscard]] lines list_lookup(registry::registration_db& db, std::string_view topic,
                                registry::time_point now, paging const& pages = {});
[[nodiscard]] lines list_nodes(registry::registration_db& db, registry::time_point now,
                               paging const& pages = {});
[[nodiscard]] lines list_empty_topics(registry::registration_db const& db,
                                      paging const& pages = {});
[[nodiscard]] lines list_clients(registry::registration_db const& db, paging const& pages = {});
[[nodiscard]] lines list_registered(registry::registration_db const& db,
                                    registry::registration_name const& name,
                                    paging const& pages = {});
[[nodiscard]] lines list_registrations(registry::registration_db const& db,
                                       paging const& pages = {});

}  // namespace nsqlookupd::test_support
