// SPDX-License-Identifier: MIT
//
// The containers that records are made of. There are more of them than of anything else, so they
// are made to take little memory.
#pragma once

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace nsqlookupd::registry {

/// Finds objects by ids of 32 bits, which are half as long as pointers. Ids that were given back
/// are given out again, latest first; the free ids are chained through the table, so that to give
/// one back needs no memory.
template <class Id, class T>
class id_table {
 public:
  /// The object must stay where it is until its id is erased.
  Id insert(T& object) {
    if (first_free_ == none) {
      slots_.push_back(slot_of(object));
      return Id{static_cast<std::uint32_t>(slots_.size() - 1)};
    }
    auto const id = first_free_;
    first_free_ = static_cast<std::uint32_t>(slots_[id] >> 1U);
    slots_[id] = slot_of(object);
    return Id{id};
  }

  void erase(Id id) noexcept {
    auto const freed = static_cast<std::uint32_t>(id);
    slots_[freed] = slot{std::exchange(first_free_, freed)} << 1U | is_free;
  }

  [[nodiscard]] T& operator[](Id id) const noexcept {
    return *object_in(slots_[static_cast<std::size_t>(id)]);
  }

  /// Null where the id is given to no object.
  [[nodiscard]] T* find(Id id) const noexcept {
    auto const at = static_cast<std::size_t>(id);
    return at < slots_.size() && (slots_[at] & is_free) == 0 ? object_in(slots_[at]) : nullptr;
  }

 private:
  static constexpr auto none = std::numeric_limits<std::uint32_t>::max();

  // The address of an object, which is even, or twice the next free id and one.
  using slot = std::uint64_t;
  static constexpr slot is_free = 1;

  static slot slot_of(T& object) noexcept {
    static_assert(alignof(T) > is_free);
    return reinterpret_cast<slot>(&object);
  }
  // NOLINTNEXTLINE(performance-no-int-to-ptr): a slot is one word, whichever of the two it has
  static T* object_in(slot used) noexcept { return reinterpret_cast<T*>(used); }

  std::vector<slot> slots_;
  std::uint32_t first_free_ = none;
};

/// A vector that is short in most places: it keeps the first `Near` values in itself, and grows by
/// a half.
template <class T, std::size_t Near>
using short_list = boost::container::small_vector<
    T, Near, void,
    boost::container::small_vector_options_t<
        boost::container::growth_factor<boost::container::growth_factor_50>>>;

/// Takes the last value out. A list that was long gives its memory back when it is short again.
template <class T, std::size_t Near>
void pop_back(short_list<T, Near>& list) {
  constexpr std::size_t worth_it = 512;
  list.pop_back();
  if (list.capacity() * sizeof(T) > worth_it && list.size() < list.capacity() / 4) {
    list.shrink_to_fit();
  }
}

}  // namespace nsqlookupd::registry
