// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// CPU time that the process has used so far: user and system, of all its threads and of those that
/// have ended, in nanoseconds. Zero when `pid` is zero. Throws std::runtime_error when there is no
/// such process.
[[nodiscard]] std::chrono::nanoseconds cpu_time(int pid);

/// The process's resident memory in bytes; zero when `pid` is zero.
[[nodiscard]] std::size_t resident_bytes(int pid);

/// The most memory that the process had resident since it began, or since forget_peak(), in bytes;
/// zero when `pid` is zero.
[[nodiscard]] std::size_t peak_bytes(int pid);
/// The peak counts from here, where the kernel lets us.
void forget_peak(int pid);

/// How long each of many replies took.
class latencies {
 public:
  void add(std::chrono::nanoseconds took) { took_.push_back(took); }
  /// `share` from 0 to 1; 1 is the worst. Zero when nothing was added.
  [[nodiscard]] double quantile_us(double share) const;

 private:
  mutable std::vector<std::chrono::nanoseconds> took_;
};

/// The figures that only watching has.
struct watch_figures {
  std::size_t watchers = 0;
  std::size_t changes = 0;
  /// From a change until the last watcher of its topic is told.
  double last_p50_us = 0;
  double last_p99_us = 0;
  double last_worst_us = 0;
  /// The PINGs beside it.
  double ping_p99_us = 0;
  double ping_worst_us = 0;
  /// How much the peak of the server's memory grew.
  double peak_growth_bytes = 0;
  /// Lines that only keep a stream open.
  std::size_t comments = 0;
  /// Faults: see watchers::counts, and watchers whose last state is not that of /lookup.
  std::size_t ids_not_growing = 0;
  std::size_t unexpected = 0;
  std::size_t wrong_last_states = 0;
};

/// The figures of a scenario; zero where it measured none.
struct figures {
  std::string scenario;
  /// False when no process was named: then its CPU time and memory are not known.
  bool has_process = false;
  std::size_t operations = 0;
  double seconds = 0;
  double cpu_us_per_operation = 0;
  double per_second = 0;
  double p50_us = 0;
  double p99_us = 0;
  double p999_us = 0;
  double worst_us = 0;
  /// The memory of the server's process.
  double resident_bytes = 0;
  double bytes_per_item = 0;
  /// The size of one HTTP answer, or of one event's data.
  std::size_t body_bytes = 0;
  watch_figures watch = {};
};

/// Zero for an empty list.
[[nodiscard]] double median(std::vector<double> values);

/// The median of each figure by itself. `rounds` must not be empty.
[[nodiscard]] figures median_of(std::vector<figures> const& rounds);

/// Throws std::runtime_error, one line, when the server showed a fault.
void check_faults(figures const& found);

[[nodiscard]] std::string to_table(std::vector<figures> const& rows);
[[nodiscard]] std::string to_json(std::vector<figures> const& rows);

}  // namespace bench
