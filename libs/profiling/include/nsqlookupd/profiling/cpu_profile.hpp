// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

namespace nsqlookupd::profiling {

/// Samples of what the process computes, a hundred for each second of CPU time, taken by gperftools
/// from start() until finish() or the end of the object. One at a time, for the whole process.
///
/// gperftools installs its handler of SIGPROF before main() begins, and never again. A program that
/// sets another gets empty profiles.
class cpu_profile {
 public:
  /// Null when another profile is being taken, or when the system has no file to write it to.
  [[nodiscard]] static std::unique_ptr<cpu_profile> start();

  cpu_profile(cpu_profile const&) = delete;
  cpu_profile& operator=(cpu_profile const&) = delete;
  ~cpu_profile();

  /// Ends it. Returns the samples in gperftools' format, with what is mapped where. Once.
  [[nodiscard]] std::string finish();

 private:
  explicit cpu_profile(int file) noexcept : file_{file} {}
  void stop() noexcept;

  int file_;
  bool is_running_ = false;
};

}  // namespace nsqlookupd::profiling
