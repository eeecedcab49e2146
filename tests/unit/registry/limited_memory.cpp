// SPDX-License-Identifier: MIT
//
// Replaces the global operator new of the program that it is linked into. In a file of its own: g++
// 12 inlines half of the pair otherwise, and warns that the halves do not match.
#include "limited_memory.hpp"

#include <malloc.h>

#include <cstdlib>
#include <limits>
#include <new>

namespace {

constexpr auto unlimited = std::numeric_limits<std::size_t>::max();
std::size_t allocations_left = unlimited;
std::size_t bytes_in_use = 0;

}  // namespace

void* operator new(std::size_t size) {
  if (allocations_left == 0) {
    throw std::bad_alloc{};
  }
  if (allocations_left != unlimited) {
    --allocations_left;
  }
  if (auto* const memory = std::malloc(size)) {
    bytes_in_use += malloc_usable_size(memory);
    return memory;
  }
  throw std::bad_alloc{};
}

void operator delete(void* memory) noexcept {
  bytes_in_use -= malloc_usable_size(memory);
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace nsqlookupd::registry {

bool comes_through(std::size_t allocations, std::function<void()> const& change) {
  allocations_left = allocations;
  bool whole = true;
  try {
    change();
  } catch (std::bad_alloc const&) {
    whole = false;
  }
  allocations_left = unlimited;
  return whole;
}

std::size_t memory_in_use() {
  return bytes_in_use;
}

}  // namespace nsqlookupd::registry
