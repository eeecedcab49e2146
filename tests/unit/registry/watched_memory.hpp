// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>

namespace nsqlookupd::registry {

/// How often `change` calls operator new.
[[nodiscard]] std::size_t allocations_of(std::function<void()> const& change);

/// The bytes that operator new has given out and not got back.
[[nodiscard]] std::size_t memory_in_use();

/// Blocks of exactly `block_size` bytes that `fill` allocates are set apart.
void set_apart(std::size_t block_size, std::function<void()> const& fill);

/// Runs `change` while a read or a write of what is set apart ends the program with SIGSEGV.
void without_set_apart_memory(std::function<void()> const& change);

}  // namespace nsqlookupd::registry
