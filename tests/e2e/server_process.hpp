// SPDX-License-Identifier: MIT
#pragma once

#include "child_process.hpp"
#include "http_client.hpp"
#include "log_line.hpp"
#include "lookup_client.hpp"

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::e2e {

/// Runs the built server to its end, for command lines with which it does not serve.
[[nodiscard]] test_support::ended_process run_server(std::vector<std::string> arguments,
                                                     std::vector<std::string> variables = {});

/// How to start a server.
struct server_start {
  /// On top of addresses with a free port each.
  std::vector<std::string> flags = {};
  /// False when a file or variables have the addresses, on 127.0.0.1 as well.
  bool has_address_flags = true;
  /// `NAME=value`
  std::vector<std::string> variables = {};
  /// The beginning of each line of the log.
  std::string prefix = std::string{default_prefix};
  test_support::error_output error = test_support::error_output::pipe;
  /// False when its log will not tell where it listens.
  bool says_where = true;
  /// The beginning of a command line that ends in becoming the server: `/usr/bin/unshare -m`.
  std::vector<std::string> launcher = {};
  /// The path by which it is started; empty for that of the built server.
  std::string program = {};
  /// See launch::passed.
  std::vector<int> passed = {};
  /// How many descriptors it may have; 0 leaves it at as many as this process.
  std::size_t descriptor_limit = 0;
  /// See launch::prepare.
  void (*prepare)() = nullptr;
};

/// The flags of tests that run with one thread and with several, and the tests' names for them:
/// `threads1`, `threads4`.
inline constexpr std::array thread_flags{"-threads=1", "-threads=4"};
inline constexpr auto name_of_threads = [](auto const& flag) {
  return std::string{flag.param}.substr(1, 7) + flag.param[9];
};

/// The built server as a process of its own. Its TCP clients go to 127.0.0.1; so do those of HTTP,
/// unless the log is not to say where: then they go to 127.0.0.2.
class server_process {
 public:
  /// Returns when the server listens. Throws std::runtime_error when it does not.
  explicit server_process(server_start how = {});

  [[nodiscard]] test_support::child_process& process() noexcept { return process_; }
  [[nodiscard]] std::uint16_t tcp_port() const noexcept { return tcp_port_; }
  [[nodiscard]] std::uint16_t http_port() const noexcept { return http_port_; }

  /// A client that has sent the magic.
  [[nodiscard]] test_support::lookup_client lookup_client() const {
    return test_support::lookup_client{tcp_port_};
  }
  /// Where HTTP clients connect to.
  [[nodiscard]] std::string const& http_host() const noexcept { return http_host_; }
  /// `receive_buffer` is that of a tcp_client.
  [[nodiscard]] test_support::http_client http_client(int receive_buffer = 0) const {
    return test_support::http_client{http_port_, http_host_, receive_buffer};
  }

  /// A producer that has registered each of these, `topic` or `topic channel`. Throws
  /// std::runtime_error when it may not.
  [[nodiscard]] test_support::lookup_client producer(
      std::string_view broadcast_address, std::vector<std::string> const& registrations = {}) const;

  /// A sample of /metrics, by its name and labels; -1 when there is none.
  [[nodiscard]] double metric(std::string_view sample) const;

  /// True when the server answers on its HTTP port.
  [[nodiscard]] bool answers() const { return http_client().get("/ping").body == "OK"; }

  /// The log up to and with the line that names the second port.
  [[nodiscard]] std::vector<std::string> const& first_lines() const noexcept {
    return first_lines_;
  }

  /// The next line of the log, without prefix, time and durations. Throws std::runtime_error at the
  /// end.
  std::string next_line();

  /// The next lines of the log, up to and with the first that contains `part`.
  std::vector<std::string> lines_through(std::string_view part);

  /// Sends the signal, waits for the end, and returns the exit status.
  int stop(int signal = SIGTERM);

  /// Waits for an end that was asked for already, and returns the exit status.
  int wait_for_stop();

  /// The lines that were not asked for yet, when it has ended.
  std::vector<std::string> last_lines();

 private:
  void read_ports();
  void look_ports_up();

  std::string prefix_;
  std::string http_host_;
  test_support::child_process process_;
  std::vector<std::string> first_lines_;
  std::uint16_t tcp_port_ = 0;
  std::uint16_t http_port_ = 0;
};

}  // namespace nsqlookupd::e2e
