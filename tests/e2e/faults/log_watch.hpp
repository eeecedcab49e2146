// SPDX-License-Identifier: MIT
#pragma once

#include "file_descriptor.hpp"
#include "patience.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace nsqlookupd::e2e {

/// Reads a server's log as it comes, in a thread of its own, so that the server never waits for its
/// reader, and keeps the lines for questions.
class log_watch {
 public:
  explicit log_watch(test_support::file_descriptor& from);

  [[nodiscard]] std::size_t line_count() const;
  /// How many lines contain `part`.
  [[nodiscard]] std::size_t count(std::string_view part) const;
  /// True as soon as a line contains `part`, false when none does in time.
  [[nodiscard]] bool wait_for(std::string_view part,
                              std::chrono::milliseconds limit = test_support::patience);
  /// The lines from this number on, up to and with the first that contains one of the parts. Throws
  /// std::runtime_error when none does in time.
  [[nodiscard]] std::vector<std::string> lines_through(std::vector<std::string> const& parts,
                                                       std::size_t from);
  /// Output that is no log line: the words of a sanitizer, of a library, of an abort.
  [[nodiscard]] std::string foreign_lines() const;

  /// Returns when the server has closed its log.
  void wait_for_end();

 private:
  void read_to_end(std::stop_token const& stop);
  void take_lines(std::string& text);
  [[nodiscard]] std::size_t count_locked(std::string_view part, std::size_t from) const;

  test_support::file_descriptor& from_;
  std::mutex mutable mutex_;
  std::condition_variable more_;
  std::vector<std::string> lines_;
  std::jthread thread_;
};

}  // namespace nsqlookupd::e2e
