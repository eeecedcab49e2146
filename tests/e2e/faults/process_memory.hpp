// SPDX-License-Identifier: MIT
#pragma once

#include "sanitized.hpp"
#include <sys/types.h>

#include <chrono>

namespace nsqlookupd::e2e {

/// A process's resident memory now, in MiB.
[[nodiscard]] double resident_mib(pid_t process);

/// Its address space, in MiB.
[[nodiscard]] double virtual_mib(pid_t process);

/// The most that it has had since it began, or since forget_most_resident().
[[nodiscard]] double most_resident_mib(pid_t process);

void forget_most_resident(pid_t process);

/// The processor time that it has used since it began.
[[nodiscard]] std::chrono::nanoseconds cpu_time(pid_t process);

/// A bound for this build. Sanitizers keep what was freed, and shadow what is there: with them only
/// what grows without end is found.
[[nodiscard]] constexpr double bound_here(double mib) noexcept {
  return test_support::is_sanitized ? 512 + 8 * mib : mib;
}

}  // namespace nsqlookupd::e2e
