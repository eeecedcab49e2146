// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/registration_db.hpp>

#include "naive_registry.hpp"

#include <map>
#include <memory>

namespace nsqlookupd::test_support {

/// Brings back what is stored, as a server does before its ports open: to both, which are fresh.
/// Throws registry_difference when they answer differently.
void restore(registry::registration_db& db, naive_registry& model, stored_registry const& stored,
             registry::time_point now, registry::time_point back_until);

/// Lets `next`, which knows nothing yet, go on from a snapshot of `db`, in its place. Returns the
/// ids that the producers have then, by those that they had.
std::map<registry::producer_id, registry::producer_id> go_on(
    std::unique_ptr<registry::registration_db>& db, std::unique_ptr<registry::registration_db> next,
    naive_registry& model);

}  // namespace nsqlookupd::test_support
