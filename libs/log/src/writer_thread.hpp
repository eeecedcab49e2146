// SPDX-License-Identifier: MIT
#pragma once

#include "line_writer.hpp"

#include <memory>
#include <thread>

namespace nsqlookupd::log {

/// Runs a line_writer on a thread of its own, which is left behind if its sink never returns.
class writer_thread {
 public:
  /// Throws std::system_error if no thread can be had.
  explicit writer_thread(std::shared_ptr<line_writer> writer);
  writer_thread(writer_thread const&) = delete;
  writer_thread& operator=(writer_thread const&) = delete;
  ~writer_thread();

 private:
  std::shared_ptr<line_writer> writer_;
  std::thread thread_;
};
}  // namespace nsqlookupd::log
