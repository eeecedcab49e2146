// SPDX-License-Identifier: MIT
//
// The program that a hand-over starts: first beside this one, to see whether it can go on from the
// state, and then in its place.
#pragma once

#include <nsqlookupd/daemon/handover.hpp>

#include <boost/asio/awaitable.hpp>
#include <signal.h>

#include <span>
#include <string>

namespace nsqlookupd {

/// Blocks all signals while it lives, in the thread that made it.
class blocked_signals {
 public:
  blocked_signals() noexcept;
  blocked_signals(blocked_signals const&) = delete;
  blocked_signals& operator=(blocked_signals const&) = delete;
  ~blocked_signals();

 private:
  sigset_t before_{};
};

/// Runs `next` as `PATH check ARGUMENTS`, with the state. Returns why it cannot go on from that, in
/// one line; empty when it can. Waits for 10 s at most, and leaves nothing running.
[[nodiscard]] boost::asio::awaitable<std::string> dry_run(program next, int state_descriptor);

/// Executes `next` in this process, with the state and the descriptors `open_on`. Returns only when
/// that is not possible: why, in one line; nothing has changed then. When nothing else runs, and
/// signals are blocked: they wait until the next program has said what they mean.
[[nodiscard]] std::string execute(program const& next, int state_descriptor,
                                  std::span<int const> open_on);

}  // namespace nsqlookupd
