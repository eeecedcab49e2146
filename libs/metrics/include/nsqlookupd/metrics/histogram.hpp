// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/metrics/counter.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace nsqlookupd::metrics {

/// How often something took how long. To observe is two relaxed increments. Any thread.
class histogram {
 public:
  /// The longest duration of each bucket, but for the last, which takes the rest. Short ones are
  /// the usual ones; a second is what nsqd waits for a reply.
  static constexpr std::array<std::chrono::nanoseconds, 17> bounds = {
      std::chrono::nanoseconds{1'000},         std::chrono::nanoseconds{2'500},
      std::chrono::nanoseconds{5'000},         std::chrono::nanoseconds{10'000},
      std::chrono::nanoseconds{25'000},        std::chrono::nanoseconds{50'000},
      std::chrono::nanoseconds{100'000},       std::chrono::nanoseconds{250'000},
      std::chrono::nanoseconds{500'000},       std::chrono::nanoseconds{1'000'000},
      std::chrono::nanoseconds{2'500'000},     std::chrono::nanoseconds{5'000'000},
      std::chrono::nanoseconds{10'000'000},    std::chrono::nanoseconds{25'000'000},
      std::chrono::nanoseconds{100'000'000},   std::chrono::nanoseconds{500'000'000},
      std::chrono::nanoseconds{1'000'000'000},
  };

  void observe(std::chrono::nanoseconds duration) noexcept {
    std::size_t bucket = 0;
    while (bucket < bounds.size() && duration > bounds[bucket]) {
      ++bucket;
    }
    counts_[bucket].add();
    sum_.add(static_cast<std::uint64_t>(duration.count()));
  }

  /// How many fell into the bucket, the one after the last bound included.
  [[nodiscard]] std::uint64_t count(std::size_t bucket) const noexcept {
    return counts_[bucket].value();
  }

  /// Of all that were observed.
  [[nodiscard]] std::chrono::nanoseconds sum() const noexcept {
    return std::chrono::nanoseconds{static_cast<std::int64_t>(sum_.value())};
  }

 private:
  std::array<counter, bounds.size() + 1> counts_;
  counter sum_;
};

}  // namespace nsqlookupd::metrics
