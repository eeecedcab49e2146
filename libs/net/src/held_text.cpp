// SPDX-License-Identifier: MIT
#include <nsqlookupd/net/held_text.hpp>

#include <sys/mman.h>

#include <new>

namespace nsqlookupd::net {

char* take_pages(std::size_t size) {
  auto* const pages =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) {
    throw std::bad_alloc{};
  }
  return static_cast<char*>(pages);
}

void give_pages_back(char* pages, std::size_t size) noexcept {
  ::munmap(pages, size);
}

}  // namespace nsqlookupd::net
