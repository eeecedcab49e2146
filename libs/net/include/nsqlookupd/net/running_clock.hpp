// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/time.hpp>

#include <chrono>
#include <functional>
#include <mutex>

namespace nsqlookupd::net {

/// The clock by which silence, tombstones and deadlines are judged: how long this process has been
/// running. Setting the wall clock does not change it.
///
/// It stands still while the process does (SIGSTOP, a frozen container or virtual machine), and for
/// a second more, in which the input that came in meanwhile is read. So nobody is judged for what
/// could not be heard. It must be asked several times a second to tell: a gap of a second or more
/// between two calls counts as such a pause.
///
/// Never goes back. Thread-safe.
class running_clock {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Begins at `now`.
  explicit running_clock(time_point now = std::chrono::steady_clock::now());

  /// Its time when the steady clock says `now`.
  [[nodiscard]] time_point at(time_point now);
  [[nodiscard]] time_point now() { return at(std::chrono::steady_clock::now()); }

 private:
  std::mutex mutex_;
  time_point time_;
  time_point last_;
  time_point stands_until_;
};

/// The registry's time: see time_shown_by(). Tests put their own in its place.
using wall_clock = std::function<registry::time_point()>;

/// The time that the machine's clock shows, to be shown and not to be judged by: it may be set.
[[nodiscard]] inline registry::time_point shown_time() {
  return std::chrono::time_point_cast<registry::time_point::duration>(
      std::chrono::system_clock::now());
}

/// The time for the registry by `clock`, which must outlive it. It begins with what is shown now.
[[nodiscard]] inline wall_clock time_shown_by(running_clock& clock) {
  auto const begin = shown_time() - clock.now().time_since_epoch();
  return [&clock, begin] { return begin + clock.now().time_since_epoch(); };
}

}  // namespace nsqlookupd::net
