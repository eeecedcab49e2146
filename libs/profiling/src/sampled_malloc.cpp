// SPDX-License-Identifier: MIT
//
// malloc() and its kin, by glibc as ever, of which one call in so many bytes is reported to
// heap_samples.hpp. What that costs the others is a subtraction for each allocation and a test of
// the address for each that is given back: samples, and hardly anything else, begin a page.
#include <nsqlookupd/profiling/heap_samples.hpp>

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): that is what they are
// called.
extern "C" {
// Where glibc's own are to be found by those who stand in for them.
void* __libc_malloc(std::size_t size) noexcept;
void* __libc_calloc(std::size_t count, std::size_t size) noexcept;
void* __libc_realloc(void* before, std::size_t size) noexcept;
void* __libc_memalign(std::size_t alignment, std::size_t size) noexcept;
void __libc_free(void* memory) noexcept;
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace {

namespace profiling = nsqlookupd::profiling;

constexpr std::size_t page = 4096;

struct thread_state {
  std::size_t until_sample = 0;
  bool begun = false;
  // To remember a sample takes memory, too.
  bool busy = false;
};
constinit thread_local thread_state here;

/// True when an allocation of `size` bytes is to be sampled. Inline: that is what all pay.
inline bool is_due(std::size_t size) noexcept {
  if (size < here.until_sample) [[likely]] {
    here.until_sample -= size;
    return false;
  }
  return true;
}

[[gnu::noinline]] void* allocate_sampled(std::size_t alignment, std::size_t size) noexcept {
  if (here.busy) {
    return alignment > alignof(std::max_align_t) ? __libc_memalign(alignment, size)
                                                 : __libc_malloc(size);
  }
  here.busy = true;
  here.until_sample = profiling::bytes_to_next_sample();
  // A thread's first allocation is no more likely to be sampled than any other.
  bool const sample = here.begun;
  here.begun = true;
  auto* const memory = __libc_memalign(sample ? std::max(page, alignment) : alignment, size);
  if (sample && memory != nullptr) {
    profiling::add_heap_sample(memory, size);
  }
  here.busy = false;
  return memory;
}

inline void forget(void* memory) noexcept {
  if (reinterpret_cast<std::uintptr_t>(memory) % page == 0 && memory != nullptr) [[unlikely]] {
    profiling::forget_heap_sample(memory);
  }
}

}  // namespace

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): glibc's names are reserved.
extern "C" {

void* malloc(std::size_t size) noexcept {
  return is_due(size) ? allocate_sampled(alignof(std::max_align_t), size) : __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  std::size_t bytes = 0;
  // An overflow is for glibc to refuse.
  if (__builtin_mul_overflow(count, size, &bytes) || !is_due(bytes)) {
    return __libc_calloc(count, size);
  }
  auto* const memory = allocate_sampled(alignof(std::max_align_t), bytes);
  return memory == nullptr ? nullptr : std::memset(memory, 0, bytes);
}

void* realloc(void* before, std::size_t size) noexcept {
  if (before == nullptr || size == 0 || !is_due(size)) {
    forget(before);
    return __libc_realloc(before, size);
  }
  auto* const memory = allocate_sampled(alignof(std::max_align_t), size);
  if (memory != nullptr) {
    std::memcpy(memory, before, std::min(size, malloc_usable_size(before)));
    forget(before);
    __libc_free(before);
  }
  return memory;
}

// Asio takes its coroutines' frames here, and wants them aligned as everything is.
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  if (is_due(size)) {
    return allocate_sampled(alignment, size);
  }
  return alignment <= alignof(std::max_align_t) ? __libc_malloc(size)
                                                : __libc_memalign(alignment, size);
}

void free(void* memory) noexcept {
  forget(memory);
  __libc_free(memory);
}
}
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
