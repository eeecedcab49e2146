// SPDX-License-Identifier: MIT
#pragma once

#include "file_descriptor.hpp"
#include "patience.hpp"
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace nsqlookupd::test_support {

/// The standard error of a program.
enum class error_output {
  /// A pipe to this process.
  pipe,
  /// Nothing: the descriptor is closed.
  closed,
  /// `/dev/full`, where every write fails.
  full_device,
};

/// How to start a program. Its standard input is empty and its standard output a pipe.
struct launch {
  std::string program;
  std::vector<std::string> arguments = {};
  /// `NAME=value`, each on top of this process' own variables, of which those that configure a
  /// server (NSQLOOKUPD_…) are left out.
  std::vector<std::string> variables = {};
  error_output error = error_output::pipe;
  /// These become its descriptors 3, 4 and so on. This process keeps its own.
  std::vector<int> passed = {};
  /// How many descriptors it may have open, for good; 0 leaves it at as many as this process.
  std::size_t descriptor_limit = 0;
  /// Called in the new process before it becomes the program: for the state that is to be
  /// inherited. Makes system calls only. Its changes to the descriptors 0 to 2 and to signals
  /// hold; without it they are as usual.
  void (*prepare)() = nullptr;
};

/// A program that runs beside the test. It is killed and reaped at the end of the scope, and by the
/// kernel should the test die. Not for several threads. Everything throws std::system_error when a
/// system call fails, and std::runtime_error when what it waits for does not happen in time.
class child_process {
 public:
  explicit child_process(launch const& how);
  child_process(child_process const&) = delete;
  child_process& operator=(child_process const&) = delete;
  ~child_process();

  [[nodiscard]] pid_t id() const noexcept { return id_; }

  void send(int signal) const;

  /// Stops the program where it is; returns when it stands still.
  void pause() const;

  /// Lets it run on after pause().
  void resume() const;

  /// Waits for the end. Returns the exit status, or minus the number of the signal that killed it.
  int wait(std::chrono::milliseconds limit = patience);

  /// True when it has, or does within `limit`.
  [[nodiscard]] bool has_ended(std::chrono::milliseconds limit = {}) const;

  /// The next line of its standard output, without the `\n`, or nothing when that was closed. An
  /// unfinished last line counts as one.
  [[nodiscard]] std::optional<std::string> next_output_line();

  /// The rest of its standard output, when it has closed that.
  [[nodiscard]] std::string output();

  /// The next line of its standard error, without the `\n`, or nothing when that was closed. An
  /// unfinished last line counts as one.
  [[nodiscard]] std::optional<std::string> next_error_line();

  /// The rest of its standard error, once it has closed that.
  [[nodiscard]] std::string error();

  /// This side of the pipe that is its standard error.
  [[nodiscard]] file_descriptor& error_pipe() noexcept { return error_; }

 private:
  pid_t id_ = -1;
  file_descriptor process_;
  file_descriptor output_;
  file_descriptor error_;
  // Read from the two, and not handed out.
  std::string output_text_;
  std::string error_text_;
  std::optional<int> status_;
};

/// The result of a program that has ended.
struct ended_process {
  int status;
  std::string output;
  std::string error;
};

/// Runs a program to its end.
[[nodiscard]] ended_process run_to_end(launch const& how);

}  // namespace nsqlookupd::test_support
