// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace nsqlookupd::profiling {

/// Return addresses, innermost first.
class call_stack {
 public:
  static constexpr std::size_t max_depth = 48;

  /// That of the caller, by the unwinding tables, without the innermost `skipped` of them. Takes no
  /// lock and allocates nothing (glibc 2.35, libgcc 12).
  static call_stack of_caller(std::size_t skipped) noexcept;

  /// That of the code that a signal has interrupted at `address`. On the signal's handler.
  static call_stack of_interrupted(std::uintptr_t address) noexcept;

  [[nodiscard]] std::span<std::uintptr_t const> frames() const noexcept {
    return {frames_.data(), depth_};
  }

 private:
  // Not initialised: only what is in frames() is ever looked at.
  call_stack() noexcept {}  // NOLINT(cppcoreguidelines-pro-type-member-init)

  std::array<std::uintptr_t, max_depth> frames_;
  std::size_t depth_ = 0;
};

}  // namespace nsqlookupd::profiling
