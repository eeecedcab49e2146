// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace nsqlookupd::net {

/// Memory in whole pages, from the system and back to it at once. Throws std::bad_alloc.
[[nodiscard]] char* take_pages(std::size_t size);
void give_pages_back(char* pages, std::size_t size) noexcept;

/// Gives small texts memory of the ordinary kind, and large ones pages of their own. A heap keeps
/// what thousands of clients made it hold, and while they grow it holds gaps besides.
template <class Char>
class large_text_allocator {
 public:
  using value_type = Char;
  static_assert(sizeof(Char) == 1);

  large_text_allocator() = default;
  template <class Other>
  explicit large_text_allocator(large_text_allocator<Other> const&) noexcept {}

  [[nodiscard]] Char* allocate(std::size_t size) {
    return size < large ? std::allocator<Char>{}.allocate(size) : take_pages(size);
  }
  void deallocate(Char* memory, std::size_t size) noexcept {
    if (size < large) {
      std::allocator<Char>{}.deallocate(memory, size);
    } else {
      give_pages_back(memory, size);
    }
  }

  bool operator==(large_text_allocator const&) const noexcept = default;

 private:
  static constexpr std::size_t large = std::size_t{32} << 10U;
};

/// Input of a command that is not whole yet.
using held_text = std::basic_string<char, std::char_traits<char>, large_text_allocator<char>>;

}  // namespace nsqlookupd::net
