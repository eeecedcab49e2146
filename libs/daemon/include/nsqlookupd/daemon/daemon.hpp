// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/options.hpp>
#include <nsqlookupd/daemon/handover.hpp>
#include <nsqlookupd/daemon/supervision.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace nsqlookupd {

/// The ports that a server really listens on; 0 where it does not.
struct port_numbers {
  std::uint16_t tcp = 0;
  std::uint16_t http = 0;
  std::uint16_t tcp_tls = 0;
  std::uint16_t https = 0;
};

/// The programs before and after the one that runs.
struct succession {
  /// The one to hand over to, on SIGUSR2.
  program next = {};
  /// The descriptor of the state that the one before has left; -1: there was none.
  int state_descriptor = -1;
};

/// The whole server. Binds when it is constructed, serves in run(). A SIGTERM or SIGINT in between
/// is kept for run(), so that a process that has read in the log that it listens may stop it.
/// SIGHUP makes it read its certificates and tokens again; without any, it says so. Lack of memory
/// ends the process, by the new-handler if there is one.
class daemon {
 public:
  /// The registry's time.
  using wall_clock = std::function<std::chrono::sys_time<std::chrono::nanoseconds>()>;

  /// Listens on all addresses, port 0 letting the system choose, or on the sockets that it was
  /// given. Throws std::runtime_error with one line, such as `listen (ADDRESS) failed - REASON
  /// (FLAG)`, when it cannot.
  ///
  /// `now`: a clock other than its own.
  explicit daemon(config::options settings, supervision const& given = {}, wall_clock now = {},
                  succession const& programs = {});
  daemon(daemon const&) = delete;
  daemon& operator=(daemon const&) = delete;
  ~daemon();

  [[nodiscard]] port_numbers const& ports() const;

  /// Serves until SIGTERM, SIGINT or stop(), then for `drain_timeout` more, then stops in order
  /// within a second (README, "How it differs"). A second signal ends it at once. Blocks; once
  /// only.
  void run();

  /// Makes run() return as a signal does. Any thread.
  void stop();

 private:
  class server;
  std::unique_ptr<server> server_;
};

}  // namespace nsqlookupd
