// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/registration_db.hpp>

#include "naive_registry.hpp"

namespace nsqlookupd::test_support {

/// Brings back what is stored, as a server does before its ports open: to both, which are fresh.
/// Throws registry_difference when they answer differently.
void restore(registry::registration_db& db, naive_registry& model, stored_registry const& stored,
             registry::time_point now, registry::time_point back_until);

}  // namespace nsqlookupd::test_support
