// SPDX-License-Identifier: MIT
#include <nsqlookupd/net/client_memory.hpp>

#include <sys/mman.h>

#include <memory>
#include <new>

namespace nsqlookupd::net {
namespace {

constexpr std::size_t large = std::size_t{16} << 10U;

}  // namespace

char* large_text_allocator::allocate(std::size_t size) {
  if (size < large) {
    return std::allocator<char>{}.allocate(size);
  }
  auto* const pages =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) {
    // Ends the process: main() installs it.
    if (auto* const handler = std::get_new_handler()) {
      handler();
    }
    throw std::bad_alloc{};
  }
  return static_cast<char*>(pages);
}

void large_text_allocator::deallocate(char* memory, std::size_t size) noexcept {
  if (size < large) {
    std::allocator<char>{}.deallocate(memory, size);
  } else {
    ::munmap(memory, size);
  }
}

bool client_memory::resize(use kind, std::size_t& bytes, std::size_t after,
                           bool is_producer) noexcept {
  if (after == bytes) {
    return true;
  }
  auto& used_here = used_[static_cast<std::size_t>(kind)];
  used_here += after - bytes;
  bool const is_share = is_producer && after <= producer_share_;
  if (after > bytes && !is_share && !has_space(0)) {
    used_here += bytes - after;
    return false;
  }
  bytes = after;
  return true;
}

bool client_memory::add_reader(std::string const& text) {
  std::lock_guard const lock{mutex_};
  std::size_t bytes = 0;
  if (!readers_.contains(&text) && !resize(use::output, bytes, text.capacity(), false)) {
    return false;
  }
  ++readers_[&text];
  return true;
}

void client_memory::remove_reader(std::string const& text) noexcept {
  std::lock_guard const lock{mutex_};
  auto const found = readers_.find(&text);
  if (--found->second == 0) {
    readers_.erase(found);
    auto bytes = text.capacity();
    static_cast<void>(resize(use::output, bytes, 0, false));
  }
}

}  // namespace nsqlookupd::net
