// SPDX-License-Identifier: MIT
//
// A library to preload: memory of some sizes cannot be had. FAIL_NEW_FROM and FAIL_NEW_TO say
// which; other sizes are as always.
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::size_t number_in(char const* variable) noexcept {
  char const* const text = std::getenv(variable);
  return text == nullptr ? 0 : std::strtoul(text, nullptr, 10);
}

bool is_to_fail(std::size_t size) noexcept {
  static std::size_t const from = number_in("FAIL_NEW_FROM");
  static std::size_t const to = number_in("FAIL_NEW_TO");
  return from <= size && size < to;
}

}  // namespace

void* operator new(std::size_t size) {
  void* const memory = is_to_fail(size) ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) {
    throw std::bad_alloc{};
  }
  return memory;
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
