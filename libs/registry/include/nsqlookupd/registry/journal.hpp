// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/change.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace nsqlookupd::registry {

using change_sink = std::function<void(change const&)>;

/// The last changes. Part of the registration_db, and used on its strand.
class journal {
 public:
  /// Bytes that a change may take on the average, with the producer that it is about: a client
  /// chooses how long its host name is. The oldest are forgotten where it is more.
  static constexpr std::size_t max_average_size = std::size_t{2} << 10U;

  /// `capacity`: how many changes are remembered. `last_revision`: of the change before the first.
  journal(std::size_t capacity, std::uint64_t last_revision);

  /// `producer`: the one of the change; may be null.
  void add(change const& made, std::shared_ptr<peer_info const> const& producer);

  /// Nothing is remembered yet: the first change comes after this revision.
  void begin_after(std::uint64_t revision) noexcept { forgotten_ = revision; }

  /// The revision of the last change that is not remembered.
  [[nodiscard]] std::uint64_t forgotten() const noexcept { return forgotten_; }

  /// The revision of the oldest change that is remembered; nothing when there is none.
  [[nodiscard]] std::optional<std::uint64_t> oldest() const noexcept;

  /// Hands out the changes after revision `since`, which moves on with them, `budget` at most,
  /// oldest first. Those that are not remembered are left out.
  void read(std::uint64_t& since, std::size_t& budget, change_sink const& sink) const;

 private:
  struct entry {
    std::uint64_t revision = 0;
    time_point time;
    std::shared_ptr<peer_info const> producer;
    /// Where the rest begins in the page's texts: the kind, and with a NUL each topic, channel and
    /// cause.
    std::uint32_t text = 0;
    std::uint32_t size = 0;
  };
  static constexpr std::size_t page_size = 64;
  /// Entries whose texts share memory, which stays when they are forgotten.
  struct page {
    std::array<entry, page_size> entries;
    std::string texts;
  };

  [[nodiscard]] static std::size_t size_of(change const& made) noexcept;
  /// By the number of a change, counted from the first that there ever was.
  [[nodiscard]] std::size_t page_of(std::uint64_t number) const noexcept;
  [[nodiscard]] change at(std::uint64_t number) const noexcept;
  void forget_oldest();

  std::size_t capacity_;
  std::uint64_t forgotten_;
  /// The numbers of the oldest change and of the next.
  std::uint64_t first_ = 0;
  std::uint64_t next_ = 0;
  std::size_t size_ = 0;
  /// A ring, which grows to its size first.
  std::deque<page> pages_;
};

}  // namespace nsqlookupd::registry
