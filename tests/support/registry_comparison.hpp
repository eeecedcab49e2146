// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/registration_db.hpp>

#include "naive_registry.hpp"
#include "registry_lines.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nsqlookupd::test_support {

/// The registry and its model differ.
class registry_difference : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws registry_difference, which shows both, unless they are equal.
void expect_same(std::string_view label, lines const& registry, lines const& model);
void expect_same(std::string_view label, std::size_t registry, std::size_t model);
void expect_same(std::string_view label, bool registry, bool model);

/// Compares every listing of the two, the registry's read in pages of `page` items. Looks up the
/// topics `names` and any_topic. Lets time pass until `now` first.
void expect_same_listings(registry::registration_db& db, naive_registry const& model,
                          lines const& names, registry::time_point now, std::size_t page);

}  // namespace nsqlookupd::test_support
