// SPDX-License-Identifier: MIT
#pragma once

#include "log_watch.hpp"
#include "lookup_client.hpp"
#include "server_process.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::e2e {

/// The cost that a fault may have for a server.
struct fault_cost {
  /// MiB on top of what it had before: the most while it lasts, and what is left when it is over.
  double most_mib;
  double left_mib;
  /// Lines in the log, from start to end.
  std::size_t log_lines;
};

/// When its log begins to be read.
enum class log_reader : std::uint8_t { at_once, later };

/// The built server, to which a test does something bad, and a producer that must not notice.
class besieged_server {
 public:
  explicit besieged_server(server_start const& how = {}, log_reader when = log_reader::at_once);
  besieged_server(besieged_server const&) = delete;
  besieged_server& operator=(besieged_server const&) = delete;
  /// Kills the server unless it has been stopped.
  ~besieged_server();

  [[nodiscard]] server_process& server() noexcept { return server_; }
  [[nodiscard]] std::uint16_t tcp_port() const noexcept { return server_.tcp_port(); }
  [[nodiscard]] std::uint16_t http_port() const noexcept { return server_.http_port(); }
  [[nodiscard]] test_support::lookup_client client() const { return server_.lookup_client(); }
  [[nodiscard]] std::string const& http_host() const noexcept { return server_.http_host(); }
  [[nodiscard]] test_support::http_client http_client(int receive_buffer = 0) const {
    return server_.http_client(receive_buffer);
  }

  /// Only where the log is a pipe, and is read.
  [[nodiscard]] log_watch& log() { return *log_; }
  void read_log() { log_.emplace(server_.process().error_pipe()); }

  /// The value of one metric of the server's.
  [[nodiscard]] double metric(std::string_view name) const;

  /// While the fault lasts: /ping is answered within a second, the other producer is served, and is
  /// in the answer of /lookup.
  void expect_service();

  /// When it is over: the same, and it cost no more than this. Prints what it cost.
  void expect_recovery(fault_cost const& limit);

  /// After that: SIGTERM ends the server well, and no sanitizer has complained.
  void expect_good_end();
  /// The same, when the signal was sent already.
  void expect_end();

 private:
  [[nodiscard]] std::chrono::duration<double, std::milli> time_ping() const;
  [[nodiscard]] std::string lookup_answer() const;

  server_process server_;
  std::optional<log_watch> log_;
  test_support::lookup_client bystander_;
  double before_mib_ = 0;
  double slowest_ping_ms_ = 0;
  bool stopped_ = false;
};

}  // namespace nsqlookupd::e2e
