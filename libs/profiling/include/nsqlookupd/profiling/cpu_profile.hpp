// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

namespace nsqlookupd::profiling {

/// Samples of what the process computes, a hundred for each second of CPU time, taken from when it
/// is made until finish() or its end. There is one at a time, since the system's timer for this is
/// one; until the first there is neither a timer nor memory for it.
///
/// Written here and not left to gperftools' libprofiler because that prints a line of its own to
/// standard error at each end, which is nobody's log line and blocks where nobody reads.
class cpu_profile {
 public:
  /// Null when another goes on, or when the system refuses the timer.
  [[nodiscard]] static std::unique_ptr<cpu_profile> start();

  cpu_profile(cpu_profile const&) = delete;
  cpu_profile& operator=(cpu_profile const&) = delete;
  ~cpu_profile();

  /// Ends it. Returns the samples in gperftools' format, with what is mapped where. Once.
  [[nodiscard]] std::string finish();

 private:
  class samples;
  explicit cpu_profile(std::unique_ptr<samples> taken) noexcept;
  void stop() noexcept;

  std::unique_ptr<samples> samples_;
};

}  // namespace nsqlookupd::profiling
