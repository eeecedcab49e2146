// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/daemon/supervision.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace nsqlookupd {

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
  void ready();

  /// Says that the process is about to end.
  void stopping();

  /// To be called several times a second: repeats what the manager had no room for. True when it
  /// is time for alive(), which is twice within the watchdog's time-out.
  [[nodiscard]] bool sweep(time_point now);

  /// Calms the watchdog.
  void alive();

 private:
  void insist(std::string_view notice);
  void send_undelivered();
  [[nodiscard]] int send(std::string_view notice) const;

  std::string const address_;
  std::chrono::microseconds const period_;
  int socket_ = -1;
  time_point next_alive_{};
  // In static storage.
  std::string_view undelivered_;
};

}  // namespace nsqlookupd
