// SPDX-License-Identifier: MIT
//
// The limit of lines of one kind.
#include <nsqlookupd/log/log.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::log {
namespace {

constexpr std::chrono::seconds period{10};
constexpr std::uint64_t most_in_period = 100;
// Each client that errs is a kind, so that there could be any number.
constexpr std::size_t most_kinds = 1024;

/// How many lines of a kind came since the first of them.
struct period_count {
  level severity;
  std::chrono::steady_clock::time_point began;
  std::uint64_t lines = 0;
};

struct all_kinds {
  std::mutex guard;
  std::map<std::pair<std::string_view, std::string>, period_count> counts;
};

/// Never destroyed: other threads may still make lines while the program exits.
all_kinds& kinds() {
  static all_kinds& immortal = *new all_kinds;
  return immortal;
}

constinit std::atomic<std::uint64_t> left_out_total{0};

void tell(repeated const& kind, period_count const& counted) noexcept {
  if (counted.lines <= most_in_period) {
    return;
  }
  auto const count = counted.lines - most_in_period;
  if (kind.source.empty()) {
    line(counted.severity, count, " more lines about ", kind.subject, " were left out within 10s");
  } else {
    line(counted.severity, "[", kind.source, "] - ", count, " more ", kind.subject,
         " were left out within 10s");
  }
}

/// Ends the periods that began at `last` or earlier.
void end_periods(all_kinds& all, std::chrono::steady_clock::time_point last) noexcept {
  std::erase_if(all.counts, [last](auto const& one) {
    auto const& [kind, counted] = one;
    if (counted.began > last) {
      return false;
    }
    tell({kind.first, kind.second}, counted);
    return true;
  });
}

}  // namespace

bool detail::admit(level severity, repeated const& kind,
                   std::chrono::steady_clock::time_point now) noexcept {
  auto& all = kinds();
  std::lock_guard const lock{all.guard};
  std::pair const key{kind.subject, std::string{kind.source}};
  if (all.counts.size() >= most_kinds && !all.counts.contains(key)) {
    end_periods(all, now);
  }
  auto const found = all.counts.try_emplace(key, severity, now).first;
  auto& counted = found->second;
  if (now - counted.began >= period) {
    tell(kind, counted);
    counted = {severity, now};
  }
  if (++counted.lines <= most_in_period) {
    return true;
  }
  ++left_out_total;
  return false;
}

void report_left_out(std::chrono::steady_clock::time_point now) noexcept {
  auto& all = kinds();
  std::lock_guard const lock{all.guard};
  end_periods(all, now - period);
}

std::uint64_t left_out_lines() noexcept {
  return left_out_total;
}

}  // namespace nsqlookupd::log
