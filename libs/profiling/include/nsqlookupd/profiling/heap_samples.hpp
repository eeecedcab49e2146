// SPDX-License-Identifier: MIT
//
// Which code holds the memory that is allocated: one allocation in so many bytes is remembered.
// Whoever replaces malloc() reports to here; see sampled_malloc.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nsqlookupd::profiling {

/// How many bytes are allocated from one sample to the next, on average.
inline constexpr std::size_t heap_sample_period = std::size_t{512} << 10U;

/// What one place in the code has allocated, as far as it was sampled.
struct heap_usage {
  /// Return addresses, innermost first.
  std::vector<std::uintptr_t> stack;
  std::size_t live_count = 0;
  std::size_t live_bytes = 0;
  std::size_t all_count = 0;
  std::size_t all_bytes = 0;
};

/// How many bytes to let pass until the next sample is due: distributed such that each byte is
/// equally likely to be sampled. Any thread.
[[nodiscard]] std::size_t bytes_to_next_sample() noexcept;

/// Remembers an allocation together with who asked for it. Any thread; safe within malloc().
void add_heap_sample(void* address, std::size_t size) noexcept;

/// Forgets it, if it was remembered. Before it is given back. Any thread.
void forget_heap_sample(void* address) noexcept;

/// True once somebody has asked when a sample is due.
[[nodiscard]] bool is_heap_sampled() noexcept;

/// All there is at this moment.
[[nodiscard]] std::vector<heap_usage> heap_usage_by_stack();

}  // namespace nsqlookupd::profiling
