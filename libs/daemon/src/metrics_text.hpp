// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/metrics/counters.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <string>

namespace nsqlookupd {

/// The body of `/metrics`.
[[nodiscard]] std::string metrics_text(metrics::counters const& counted,
                                       registry::totals const& all);

}  // namespace nsqlookupd
