// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>

namespace nsqlookupd::registry {

/// Runs `change` with so many allocations, of whatever size, before operator new throws. True when
/// it came through; false when std::bad_alloc came out of it.
bool comes_through(std::size_t allocations, std::function<void()> const& change);

/// The bytes that operator new has given out and not got back.
[[nodiscard]] std::size_t memory_in_use();

}  // namespace nsqlookupd::registry
