// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/metrics/counters.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <cstddef>
#include <string>

namespace nsqlookupd {

/// The body of `/metrics`. `held_input`: bytes of unfinished commands and requests.
[[nodiscard]] std::string metrics_text(metrics::counters const& counted,
                                       registry::totals const& all, std::size_t held_input);

}  // namespace nsqlookupd
