// SPDX-License-Identifier: MIT
//
// Replaces the global operator new of the program that it is linked into. In a file of its own: g++
// 12 inlines half of the pair otherwise, and warns that the halves do not match.
#include "watched_memory.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <new>
#include <stdexcept>

namespace {

std::size_t allocations = 0;
std::size_t bytes_in_use = 0;

// Pages that only blocks of one size are taken from, and never given back to.
constexpr std::size_t apart_bytes = std::size_t{1} << 20U;
char* apart = nullptr;
std::size_t apart_used = 0;
std::size_t apart_block_size = 0;

bool is_apart(void const* memory) noexcept {
  auto const at = reinterpret_cast<std::uintptr_t>(memory);
  auto const first = reinterpret_cast<std::uintptr_t>(apart);
  return apart != nullptr && at >= first && at < first + apart_bytes;
}

void* take_apart(std::size_t size) {
  constexpr auto alignment = alignof(std::max_align_t);
  auto* const block = apart + apart_used;
  apart_used += (size + alignment - 1) / alignment * alignment;
  if (apart_used > apart_bytes) {
    throw std::bad_alloc{};
  }
  return block;
}

void protect(int access) {
  if (::mprotect(apart, apart_bytes, access) != 0) {
    throw std::runtime_error{"mprotect"};
  }
}

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (size == apart_block_size) {
    return take_apart(size);
  }
  if (auto* const memory = std::malloc(size)) {
    bytes_in_use += malloc_usable_size(memory);
    return memory;
  }
  throw std::bad_alloc{};
}

void operator delete(void* memory) noexcept {
  if (is_apart(memory)) {
    return;
  }
  bytes_in_use -= malloc_usable_size(memory);
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace nsqlookupd::registry {

std::size_t allocations_of(std::function<void()> const& change) {
  auto const before = allocations;
  change();
  return allocations - before;
}

std::size_t memory_in_use() {
  return bytes_in_use;
}

void set_apart(std::size_t block_size, std::function<void()> const& fill) {
  if (apart == nullptr) {
    auto* const pages =
        ::mmap(nullptr, apart_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
      throw std::bad_alloc{};
    }
    apart = static_cast<char*>(pages);
  }
  apart_block_size = block_size;
  fill();
  apart_block_size = 0;
}

void without_set_apart_memory(std::function<void()> const& change) {
  protect(PROT_NONE);
  change();
  protect(PROT_READ | PROT_WRITE);
}

}  // namespace nsqlookupd::registry
