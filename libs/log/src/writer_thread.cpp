// SPDX-License-Identifier: MIT
#include "writer_thread.hpp"

#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <utility>

namespace nsqlookupd::log {
namespace {

constexpr std::chrono::milliseconds flush_limit{200};
constexpr std::chrono::milliseconds return_limit{300};

/// Blocks every signal while it lives, for a new thread to inherit: signals are for the program's
/// threads, and a pipe that lost its reader must not kill the program.
class all_signals_blocked {
 public:
  all_signals_blocked() noexcept {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  all_signals_blocked(all_signals_blocked const&) = delete;
  all_signals_blocked& operator=(all_signals_blocked const&) = delete;
  ~all_signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};
}  // namespace

writer_thread::writer_thread(std::shared_ptr<line_writer> writer) : writer_(std::move(writer)) {
  all_signals_blocked const inherited;
  thread_ = std::thread([shared = writer_] { shared->run(); });
}

writer_thread::~writer_thread() {
  auto const now = line_queue::clock::now();
  writer_->queue().close(now + flush_limit);
  if (writer_->queue().wait_finished(now + return_limit)) {
    thread_.join();
  } else {
    thread_.detach();
  }
}
}  // namespace nsqlookupd::log
