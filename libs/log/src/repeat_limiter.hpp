// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/log/level.hpp>
#include <nsqlookupd/log/repeats.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace nsqlookupd::log {

/// Counts lines by their kind, for the ten seconds that begin with the first of it. Of as many
/// kinds as its table has room for; a kind that finds none takes the place of the oldest. Allocates
/// nothing. Not synchronized.
class repeat_limiter {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds period{10};
  static constexpr std::uint64_t most = 100;

  /// What a period has left out.
  struct left_out {
    level severity;
    repeated kind;
    std::uint64_t count;
  };
  using listener = std::function<void(left_out const&)>;

  /// True when the line may be written. `tell` hears of what had to be forgotten for it.
  [[nodiscard]] bool admit(level severity, repeated const& kind, time_point now,
                           listener const& tell);

  /// Ends the periods that are over at `now`. True when one that is not has left out something.
  bool end_periods(time_point now, listener const& tell);

  /// Ends all of them.
  void end_all(listener const& tell);

 private:
  static constexpr std::size_t ways = 8;
  static constexpr std::size_t sets = 32;
  // An address with its port.
  static constexpr std::size_t longest_name = 64;

  struct entry {
    level severity{};
    std::string_view what;
    std::array<char, longest_name> name{};
    std::uint8_t name_size = 0;
    time_point began;
    std::uint64_t count = 0;

    [[nodiscard]] std::string_view whose() const noexcept { return {name.data(), name_size}; }
    void end(listener const& tell);
  };

  std::array<entry, ways * sets> entries_{};
};
}  // namespace nsqlookupd::log
