// SPDX-License-Identifier: MIT
#pragma once

#include "log_watch.hpp"
#include "scratch_directory.hpp"
#include "server_process.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::e2e {

/// A file that a server is started by, in whose place another program can be put: a symbolic link
/// to the built server at first.
class replaceable_program {
 public:
  replaceable_program() { put_server(); }

  [[nodiscard]] std::string path() const { return directory_.path("nsqlookupd"); }
  [[nodiscard]] std::string beside(std::string_view name) const { return directory_.path(name); }

  /// Puts a link to the built server there.
  void put_server() const;
  /// Puts a copy of the built server there.
  void put_copy() const;
  /// Puts a script for /bin/sh there.
  void put_script(std::string_view text) const;
  /// Puts a file with this text and these permissions there.
  void put_file(std::string_view text, unsigned permissions) const;
  /// Nothing is there any more.
  void remove() const;

 private:
  test_support::scratch_directory directory_;
};

/// A server whose program can be replaced, and whose log is read all the time.
class replaceable_server {
 public:
  explicit replaceable_server(server_start how = {});
  replaceable_server(replaceable_server const&) = delete;
  replaceable_server& operator=(replaceable_server const&) = delete;
  /// Kills it, unless it was stopped.
  ~replaceable_server();

  [[nodiscard]] replaceable_program const& program() const noexcept { return program_; }
  [[nodiscard]] server_process& running() noexcept { return server_; }
  [[nodiscard]] log_watch& log() noexcept { return log_; }
  [[nodiscard]] test_support::lookup_client lookup_client() const {
    return server_.lookup_client();
  }
  [[nodiscard]] test_support::http_client http_client(int receive_buffer = 0) const {
    return server_.http_client(receive_buffer);
  }

  /// See server_process.
  [[nodiscard]] test_support::lookup_client producer(
      std::string_view broadcast_address,
      std::vector<std::string> const& registrations = {}) const {
    return server_.producer(broadcast_address, registrations);
  }
  [[nodiscard]] double metric(std::string_view sample) const { return server_.metric(sample); }

  /// Returns when the program that is at its path now has taken over, with the log since the
  /// signal. Throws std::runtime_error when it does not.
  std::vector<std::string> hand_over();

  /// Asks for a hand-over that must not come to be, and returns the reason in the log. Throws
  /// std::runtime_error when there is one.
  std::string refused_hand_over();

  /// Ends it by SIGTERM. Returns its exit status, or 1 when there was something else in its log
  /// than log lines.
  int stop();
  /// The same, when the signal was sent already.
  int wait_for_stop();

 private:
  static server_start with_program(server_start how, std::string path);
  std::vector<std::string> ask_for_hand_over();

  replaceable_program program_;
  server_process server_;
  log_watch log_;
  bool is_stopped_ = false;
};

}  // namespace nsqlookupd::e2e
