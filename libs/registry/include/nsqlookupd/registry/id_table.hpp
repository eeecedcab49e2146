// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace nsqlookupd::registry {

/// Finds objects by ids of 32 bits, which are half as long as pointers. What is given back is given
/// out again, latest first; the free ids are chained through their own places, so that to give one
/// back needs no memory.
template <class Id, class T>
class id_table {
 public:
  /// Sees to it that the next insert() finds a place. Throws std::bad_alloc and changes nothing.
  void make_room() {
    if (first_free_ == none) {
      slots_.push_back({.next_free = none});
      first_free_ = static_cast<std::uint32_t>(slots_.size() - 1);
    }
  }

  /// After make_room(). The object must stay where it is until its id is erased.
  Id insert(T& object) noexcept {
    auto const id = first_free_;
    first_free_ = slots_[id].next_free;
    slots_[id].object = &object;
    return Id{id};
  }

  void erase(Id id) noexcept {
    auto const freed = static_cast<std::uint32_t>(id);
    slots_[freed].next_free = first_free_;
    first_free_ = freed;
  }

  [[nodiscard]] T& operator[](Id id) const noexcept {
    return *slots_[static_cast<std::size_t>(id)].object;
  }

 private:
  static constexpr auto none = std::numeric_limits<std::uint32_t>::max();

  union slot {
    T* object;
    std::uint32_t next_free;
  };

  std::vector<slot> slots_;
  std::uint32_t first_free_ = none;
};

}  // namespace nsqlookupd::registry
