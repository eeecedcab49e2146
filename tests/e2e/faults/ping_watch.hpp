// SPDX-License-Identifier: MIT
#pragma once

#include "lookup_client.hpp"
#include "sanitized.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <stop_token>
#include <thread>

namespace nsqlookupd::e2e {

/// How long something may take in this build when it may take `limit` in an optimised one.
[[nodiscard]] constexpr std::chrono::duration<double, std::milli> time_here(
    std::chrono::duration<double, std::milli> limit) noexcept {
#ifdef NDEBUG
  constexpr double debug_factor = 1;
#else
  constexpr double debug_factor = 4;
#endif
  return limit * test_support::amount(debug_factor, 10.0);
}

/// A producer that sends one PING after another from a thread of its own, and times each.
class ping_watch {
 public:
  /// Returns when the first PING was answered.
  explicit ping_watch(std::uint16_t tcp_port);

  /// Returns when so many more PINGs were answered. Throws what ended the connection.
  void wait_for(std::size_t more);

  /// Forgets how long PINGs took so far.
  void forget();

  /// How long the worst PING took, and with it the one that is not answered yet. Throws what ended
  /// the connection.
  [[nodiscard]] std::chrono::duration<double, std::milli> worst();

 private:
  using clock = std::chrono::steady_clock;

  void ping_until(std::stop_token const& stop);
  void ping_once();

  test_support::lookup_client client_;
  std::mutex mutex_;
  std::condition_variable answered_one_;
  std::size_t answered_ = 0;
  clock::duration worst_{};
  // When the PING was sent that is not answered yet; the epoch when there is none.
  clock::time_point sent_{};
  std::exception_ptr failure_;
  std::jthread thread_;
};

}  // namespace nsqlookupd::e2e
