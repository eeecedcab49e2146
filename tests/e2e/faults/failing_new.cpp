// SPDX-License-Identifier: MIT
//
// A library to preload: from a moment that the test chooses on, memory cannot be had.
// FAIL_NEW_SWITCH names a file of eight bytes; as soon as they are a number other than 0, so many
// allocations less one are granted, and then none.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::int64_t> no_switch{0};
static_assert(sizeof no_switch == sizeof(std::int64_t) &&
              std::atomic<std::int64_t>::is_always_lock_free);

std::atomic<std::int64_t>* left = &no_switch;

// Not at the first allocation: a sanitizer's comes before there is an environment.
[[gnu::constructor]] void begin() {
  char const* const path = std::getenv("FAIL_NEW_SWITCH");
  int const file = path == nullptr ? -1 : ::open(path, O_RDWR | O_CLOEXEC);
  if (file == -1) {
    return;
  }
  auto* const shared = ::mmap(nullptr, sizeof *left, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  if (shared != MAP_FAILED) {
    left = static_cast<std::atomic<std::int64_t>*>(shared);
  }
}

// 1 stays 1: once it is reached, every allocation fails.
bool is_to_fail() noexcept {
  auto count = left->load();
  while (count > 1 && !left->compare_exchange_weak(count, count - 1)) {
  }
  return count == 1;
}

}  // namespace

void* operator new(std::size_t size) {
  while (true) {
    void* const memory = is_to_fail() ? nullptr : std::malloc(size == 0 ? 1 : size);
    if (memory != nullptr) {
      return memory;
    }
    auto const handler = std::get_new_handler();
    if (handler == nullptr) {
      throw std::bad_alloc{};
    }
    handler();
  }
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

// Memory that is taken here and not by operator new would end in std::bad_alloc, which the
// process does not survive.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  static auto* const real =
      reinterpret_cast<decltype(&::aligned_alloc)>(::dlsym(RTLD_NEXT, "aligned_alloc"));
  if (is_to_fail()) {
    errno = ENOMEM;
    return nullptr;
  }
  return real(alignment, size);
}
