// SPDX-License-Identifier: MIT
//
// A library to preload: memory of some sizes cannot be had. FAIL_NEW_FROM and FAIL_NEW_TO say
// which; other sizes are as always.
#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/types.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::size_t number_in(char const* variable) noexcept {
  char const* const text = std::getenv(variable);
  return text == nullptr ? 0 : std::strtoul(text, nullptr, 10);
}

std::size_t from = 0;
std::size_t to = 0;
std::size_t every = 0;
std::atomic<std::size_t> count{0};
std::atomic<bool> scarce{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void change_scarcity(int) {
  scarce = !scarce;
}

// Not at the first allocation: a sanitizer's comes before there is an environment.
[[gnu::constructor]] void begin() {
  from = number_in("FAIL_NEW_FROM");
  to = number_in("FAIL_NEW_TO");
  every = number_in("FAIL_NEW_EVERY");
  std::signal(SIGUSR2, change_scarcity);
}

bool is_to_fail(std::size_t size) noexcept {
  return (from <= size && size < to) || (scarce && every != 0 && ++count % every == 0);
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

extern "C" void* mmap(void* where, std::size_t size, int access, int kind, int file,
                      off_t offset) noexcept {
  static auto* const real = reinterpret_cast<decltype(&::mmap)>(::dlsym(RTLD_NEXT, "mmap"));
  if (is_to_fail(size)) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  return real(where, size, access, kind, file, offset);
}
