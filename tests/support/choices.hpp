// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace nsqlookupd::test_support {

/// The decisions of a run, one byte each: a seed's random numbers, or the input of a fuzz target.
class choices {
 public:
  explicit choices(std::span<std::uint8_t const> bytes) : bytes_{bytes} {}

  /// Whether all are made.
  bool empty() const { return bytes_.empty(); }

  /// The next one; 0 after the last.
  std::uint8_t next() {
    if (bytes_.empty()) {
      return 0;
    }
    auto const byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }

  /// An element of `among`, which is not empty.
  template <class Range>
  auto const& pick(Range const& among) {
    return among[next() % among.size()];
  }

 private:
  std::span<std::uint8_t const> bytes_;
};

}  // namespace nsqlookupd::test_support
