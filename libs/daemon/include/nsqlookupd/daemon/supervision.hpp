// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/command_line.hpp>

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>

namespace nsqlookupd {

/// The means that a service manager (systemd, or another with its protocols) gives a process that
/// it starts, and wants of it. The defaults are those of a process that nobody supervises.
struct supervision {
  /// Where to say that the server is ready or stops: a path, or an abstract name behind an `@`.
  /// Empty: nobody listens.
  std::string notify_socket;
  /// The process is restarted when it has not said for so long that it is alive; 0: nobody asks.
  std::chrono::microseconds watchdog_timeout{0};
  /// The descriptors of sockets that listen already, instead of those that the settings name; -1:
  /// none.
  int tcp_listener = -1;
  int http_listener = -1;
};

/// Reads `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `LISTEN_FDS` and what belongs to them, as sd_notify(3),
/// sd_watchdog_enabled(3) and sd_listen_fds(3) describe them. Values that were meant for a process
/// other than `self` is left alone.
///
/// Sockets are told apart by their names in `LISTEN_FDNAMES`, `tcp` and `http`. Throws
/// std::runtime_error with one line when a number is none or a socket's name is another.
[[nodiscard]] supervision read_supervision(config::environment const& variable, pid_t self);

/// Tells a service manager how the process is, by datagrams as sd_notify(3) documents them. Never
/// blocks. Does nothing when nobody listens. One strand.
class service_notifier {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Opens its socket, so that it can speak when there are no descriptors left.
  explicit service_notifier(supervision const& given);
  service_notifier(service_notifier const&) = delete;
  service_notifier& operator=(service_notifier const&) = delete;
  ~service_notifier();

  /// Says that clients are served from now on.
  void ready() { insist("READY=1"); }

  /// Says that another program is about to take over, or that the configuration is read anew;
  /// ready() ends that. `now`: by the steady clock.
  void reloading(time_point now);

  /// Says that the process is about to end.
  void stopping() { insist("STOPPING=1"); }

  /// To be called several times a second: repeats what the manager had no room for. True when it
  /// is time for alive(), which is twice within the watchdog's time-out.
  [[nodiscard]] bool sweep(time_point now);

  /// Calms the watchdog. One that is lost is made up for by the next.
  void alive() { static_cast<void>(send("WATCHDOG=1")); }

 private:
  void insist(std::string notice);
  void send_undelivered();
  [[nodiscard]] int send(std::string_view notice) const;

  std::string const address_;
  std::chrono::microseconds const period_;
  int socket_ = -1;
  time_point next_alive_{};
  std::string undelivered_;
};

}  // namespace nsqlookupd
