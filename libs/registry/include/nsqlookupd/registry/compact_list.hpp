// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>

namespace nsqlookupd::registry {

/// A vector of small values for where there are very many vectors: the first `Near` values are kept
/// in the list itself, sizes have 32 bits, and it grows by a quarter, not to twice what it was.
// NOLINTBEGIN(bugprone-sizeof-expression): the values may be pointers, whose own size it is.
template <class T, std::uint32_t Near = sizeof(void*) / sizeof(T)>
class compact_list {
  static_assert(Near > 0 && std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(void*));

 public:
  compact_list() noexcept : near_{} {}
  compact_list(compact_list const&) = delete;
  compact_list& operator=(compact_list const&) = delete;
  ~compact_list() { give_back(); }

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// How many values there is room for.
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] T* begin() noexcept { return is_near() ? near_.data() : far_; }
  [[nodiscard]] T const* begin() const noexcept { return is_near() ? near_.data() : far_; }
  [[nodiscard]] T* end() noexcept { return begin() + size_; }
  [[nodiscard]] T const* end() const noexcept { return begin() + size_; }
  [[nodiscard]] T& operator[](std::size_t at) noexcept { return begin()[at]; }
  [[nodiscard]] T const& operator[](std::size_t at) const noexcept { return begin()[at]; }
  [[nodiscard]] T& back() noexcept { return end()[-1]; }

  /// Throws std::bad_alloc and changes nothing.
  void push_back(T added) {
    if (size_ == capacity_) {
      move_to(next_capacity());
    }
    begin()[size_++] = added;
  }

  /// A list that once was long does not keep its memory when it is short again.
  void pop_back() noexcept {
    constexpr std::size_t worth_it = 512;
    --size_;
    if (capacity_ * sizeof(T) > worth_it && size_ < capacity_ / 4) {
      shrink();
    }
  }

  void clear() noexcept { size_ = 0; }

 private:
  [[nodiscard]] bool is_near() const noexcept { return capacity_ == Near; }

  // glibc hands out 24, 40, 56, ... bytes: what it would add is used.
  [[nodiscard]] std::uint32_t next_capacity() const noexcept {
    constexpr std::size_t step = 16;
    constexpr std::size_t overhead = 8;
    auto const bytes = (std::size_t{capacity_} + capacity_ / 4 + 1) * sizeof(T);
    auto const chunk = (bytes + overhead + step - 1) / step * step;
    return static_cast<std::uint32_t>((chunk - overhead) / sizeof(T));
  }

  void move_to(std::uint32_t capacity) {
    auto* const moved = std::allocator<T>{}.allocate(capacity);
    std::uninitialized_copy(begin(), end(), moved);
    give_back();
    far_ = moved;
    capacity_ = capacity;
  }

  // Without memory for the smaller one, the larger one stays.
  void shrink() noexcept {
    try {
      move_to(std::max(size_, Near + 1));
    } catch (std::bad_alloc const&) {
      return;
    }
  }

  void give_back() noexcept {
    if (!is_near()) {
      std::allocator<T>{}.deallocate(far_, capacity_);
    }
  }

  union {
    std::array<T, Near> near_;
    T* far_;
  };
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = Near;
};
// NOLINTEND(bugprone-sizeof-expression)

}  // namespace nsqlookupd::registry
