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
      slots_.push_back({.object = &object});
      return Id{static_cast<std::uint32_t>(slots_.size() - 1)};
    }
    auto const id = std::exchange(first_free_, slots_[first_free_].next_free);
    slots_[id].object = &object;
    return Id{id};
  }

  void erase(Id id) noexcept {
    auto const freed = static_cast<std::uint32_t>(id);
    slots_[freed].next_free = std::exchange(first_free_, freed);
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
