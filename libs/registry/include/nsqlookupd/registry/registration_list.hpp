// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/containers.hpp>

#include <boost/unordered/unordered_flat_set.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace nsqlookupd::registry {

/// A topic or a channel.
enum class record_id : std::uint32_t {};

/// One topic or channel of a producer.
struct registration {
  record_id record;
  /// The producer's index in the record's list of producers.
  std::uint32_t position : 31;
  /// Whether no connection has registered it: it was restored, or is known of another member.
  std::uint32_t unconfirmed : 1;
  /// The neighbours in a ring of one topic and its channels, as indexes into the list. The only
  /// registration of a ring is its own neighbour.
  std::uint32_t next;
  std::uint32_t previous;

  void move_to(std::uint32_t new_position) noexcept { position = new_position & most_positions; }

  static constexpr std::uint32_t most_positions = 0x7fffffff;
};
static_assert(sizeof(registration) == 16);

/// The registrations of one producer. Most producers have a few, so the list gets an index only
/// when it is long. A ring connects a topic with its channels, so that those of one topic are found
/// without a look at the others.
class registration_list {
 public:
  registration_list() = default;
  registration_list(registration_list const&) = delete;
  registration_list& operator=(registration_list const&) = delete;

  /// Null when there is none. Good until the next change.
  [[nodiscard]] registration* find(record_id record) noexcept;
  [[nodiscard]] registration const* find(record_id record) const noexcept {
    return const_cast<registration_list*>(this)->find(record);
  }

  /// Adds a registration to the ring of `topic`, which is one of this list; null begins a ring.
  /// There must be none for `record` yet.
  registration* insert(record_id record, std::uint32_t position, registration const* topic);

  /// The registration that follows in the ring: `current` itself when it is alone.
  [[nodiscard]] registration const* next(registration const* current) const noexcept {
    return &list_[current->next];
  }

  /// Takes out one of this list. The last one takes its index.
  void erase(registration* erased);

  /// No connection has registered any of them.
  void set_all_unconfirmed() noexcept {
    for (auto& each : list_) {
      each.unconfirmed = 1;
    }
  }

  [[nodiscard]] bool empty() const noexcept { return list_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return list_.size(); }
  [[nodiscard]] registration const& operator[](std::size_t at) const noexcept { return list_[at]; }
  [[nodiscard]] registration& back() noexcept { return list_.back(); }
  [[nodiscard]] auto begin() const noexcept { return list_.begin(); }
  [[nodiscard]] auto end() const noexcept { return list_.end(); }

 private:
  // Many a producer has one topic with one channel, which need no memory of their own.
  using list = short_list<registration, 2>;

  // Hash and equality of the index, which holds indexes into the list: each is seen as its record.
  struct by_record {
    using is_transparent = void;
    list const* registrations;

    [[nodiscard]] record_id of(record_id record) const noexcept { return record; }
    [[nodiscard]] record_id of(std::uint32_t index) const noexcept {
      return (*registrations)[index].record;
    }
    std::size_t operator()(auto key) const noexcept;
    bool operator()(auto left, auto right) const noexcept { return of(left) == of(right); }
  };
  using index = boost::unordered_flat_set<std::uint32_t, by_record, by_record>;

  void build_index();

  list list_;
  std::unique_ptr<index> index_;
};

}  // namespace nsqlookupd::registry
