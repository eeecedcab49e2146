// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/repeats.hpp>

#include "left_out.hpp"
#include "repeat_limiter.hpp"

#include <atomic>
#include <chrono>
#include <mutex>

namespace nsqlookupd::log {
namespace {

struct limiter_state {
  std::mutex guard;
  repeat_limiter lines;
};

/// Never destroyed: other threads may still make lines while the program exits.
limiter_state& state() {
  static limiter_state& immortal = *new limiter_state;
  return immortal;
}

constinit std::atomic<std::uint64_t> left_out_total{0};
/// Whether any period that still runs has left out something.
constinit std::atomic<bool> to_report{false};

void tell(repeat_limiter::left_out const& what) {
  auto const& [severity, kind, count] = what;
  if (kind.whose.empty()) {
    line(severity, count, " more lines about ", kind.what, " were left out within 10s");
  } else {
    line(severity, "[", kind.whose, "] - ", count, " more ", kind.what,
         " were left out within 10s");
  }
}
}  // namespace

bool detail::admit(level severity, repeated const& kind) noexcept {
  try {
    auto& all = state();
    std::lock_guard const lock(all.guard);
    if (all.lines.admit(severity, kind, std::chrono::steady_clock::now(), tell)) return true;
  } catch (...) {
    return true;
  }
  left_out_total.fetch_add(1, std::memory_order_relaxed);
  to_report.store(true, std::memory_order_relaxed);
  return false;
}

void report_left_out() noexcept {
  if (!to_report.load(std::memory_order_relaxed)) return;
  try {
    auto& all = state();
    std::lock_guard const lock(all.guard);
    to_report.store(all.lines.end_periods(std::chrono::steady_clock::now(), tell),
                    std::memory_order_relaxed);
  } catch (...) {
    return;
  }
}

void report_all_left_out() noexcept {
  try {
    auto& all = state();
    std::lock_guard const lock(all.guard);
    all.lines.end_all(tell);
  } catch (...) {
    return;
  }
}

std::uint64_t left_out_lines() noexcept {
  return left_out_total.load(std::memory_order_relaxed);
}
}  // namespace nsqlookupd::log
