// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/compact_list.hpp>

#include <boost/unordered/unordered_flat_set.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace nsqlookupd::registry {

/// A topic or a channel.
enum class registration_id : std::uint32_t {};

/// Where a producer is registered, and its place in each registration's list of producers. A list;
/// only from a certain length on is it worth an index, for most producers have a few entries and
/// there may be ten thousand of them.
class registration_places {
 public:
  struct entry {
    registration_id where;
    /// In the registration's list of producers.
    std::uint32_t position;
  };

  registration_places() = default;
  registration_places(registration_places const&) = delete;
  registration_places& operator=(registration_places const&) = delete;
  ~registration_places();

  /// Null when there is none. Good until the next change.
  [[nodiscard]] entry* find(registration_id where) noexcept;
  [[nodiscard]] bool contains(registration_id where) const noexcept;

  /// There must be none of it yet. Throws std::bad_alloc and changes nothing.
  void insert(entry added);

  /// `which` is an entry of this list. The last one takes its place in the iteration.
  void erase(entry* which) noexcept;

  /// Takes the last one out and returns it; there must be one.
  entry pop_back() noexcept;

  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] entry const& back() const noexcept { return entries_.end()[-1]; }
  [[nodiscard]] auto begin() const noexcept { return entries_.begin(); }
  [[nodiscard]] auto end() const noexcept { return entries_.end(); }

 private:
  // A topic and a channel of it are all that many a producer has: they need no memory of their own.
  using entries = compact_list<entry, 2>;

  // Both see an index into `list` as the registration that stands there.
  struct where_hash {
    using is_transparent = void;
    entries const* list;
    std::size_t operator()(registration_id where) const noexcept;
    std::size_t operator()(std::uint32_t index) const noexcept {
      return (*this)((*list)[index].where);
    }
  };
  struct where_equal {
    using is_transparent = void;
    entries const* list;
    [[nodiscard]] registration_id at(registration_id where) const noexcept { return where; }
    [[nodiscard]] registration_id at(std::uint32_t index) const noexcept {
      return (*list)[index].where;
    }
    bool operator()(auto left, auto right) const noexcept { return at(left) == at(right); }
  };
  using index_of_entries = boost::unordered_flat_set<std::uint32_t, where_hash, where_equal>;

  void build_index();
  void insert_into_index(std::uint32_t at) noexcept;

  entries entries_;
  std::unique_ptr<index_of_entries> index_;
};

}  // namespace nsqlookupd::registry
