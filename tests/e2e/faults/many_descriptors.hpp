// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace nsqlookupd::e2e {

/// Lets this process have as many descriptors as it may, and returns how many that are.
std::size_t allow_many_descriptors();

/// So many clients, or as many as this process can be, with some descriptors left for the test.
[[nodiscard]] std::size_t clients_up_to(std::size_t wanted);

}  // namespace nsqlookupd::e2e
