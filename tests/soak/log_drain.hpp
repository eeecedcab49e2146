// SPDX-License-Identifier: MIT
#pragma once

#include "file_descriptor.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace nsqlookupd::soak {

/// Reads a server's standard error to its end, in a thread of its own. It keeps only the lines
/// that are no log lines: the report of a sanitizer.
class log_drain {
 public:
  explicit log_drain(test_support::file_descriptor& from);
  log_drain(log_drain const&) = delete;
  log_drain& operator=(log_drain const&) = delete;
  ~log_drain() { wait_for_end(); }

  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

  /// Waits until the server has closed it.
  void wait_for_end();

  /// The beginning of what was no log line; after wait_for_end().
  [[nodiscard]] std::string const& foreign_lines() const noexcept { return foreign_; }

 private:
  void read_to_end();
  void take_lines(std::string& text);

  test_support::file_descriptor& from_;
  std::atomic<std::uint64_t> bytes_{0};
  std::string foreign_;
  std::thread thread_;
};

}  // namespace nsqlookupd::soak
