// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>

namespace nsqlookupd::metrics {

/// A number that only grows. To count is one relaxed increment. Any thread.
class counter {
 public:
  void add(std::uint64_t amount = 1) noexcept {
    value_.fetch_add(amount, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t value() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// How many there are now. Any thread.
class gauge {
 public:
  void add(std::int64_t amount) noexcept { value_.fetch_add(amount, std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t value() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::int64_t> value_{0};
};

/// Counts for one in a gauge as long as it lives.
class counted {
 public:
  explicit counted(gauge& where) noexcept : where_{where} { where_.add(1); }
  counted(counted const&) = delete;
  counted& operator=(counted const&) = delete;
  ~counted() { where_.add(-1); }

 private:
  gauge& where_;
};

}  // namespace nsqlookupd::metrics
