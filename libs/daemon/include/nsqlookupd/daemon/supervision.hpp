// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/command_line.hpp>

#include <sys/types.h>

#include <chrono>
#include <string>

namespace nsqlookupd {

/// What a service manager (systemd, or another that speaks its protocols) gives to a process that
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
/// sd_watchdog_enabled(3) and sd_listen_fds(3) describe them. What was meant for a process other
/// than `self` is left alone.
///
/// Sockets are told apart by their names in `LISTEN_FDNAMES`, `tcp` and `http`. Throws
/// std::runtime_error with one line when a number is none or a socket's name is another.
[[nodiscard]] supervision read_supervision(config::environment const& variable, pid_t self);

}  // namespace nsqlookupd
