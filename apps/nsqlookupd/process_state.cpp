// SPDX-License-Identifier: MIT
#include "process_state.hpp"

#include <nsqlookupd/daemon/handover.hpp>
#include <nsqlookupd/log/format_line.hpp>
#include <nsqlookupd/log/level.hpp>
#include <nsqlookupd/text/number.hpp>
#include <nsqlookupd/tls/context.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <new>

namespace nsqlookupd {
namespace {

// People and programs send these out of habit: to rotate a log, to ask for statistics, to change
// the number of workers. SIGHUP is one of them until the server listens and takes it as the wish to
// re-read its files. SIGXFSZ and SIGTTOU are for a log that cannot be written. SIGPROF has the
// handler of gperftools, which has to stay.
constexpr std::array ignored_signals = {SIGHUP,    SIGPIPE, SIGUSR1, SIGUSR2,   SIGALRM,
                                        SIGVTALRM, SIGPROF, SIGIO,   SIGSTKFLT, SIGPWR,
                                        SIGXFSZ,   SIGTTIN, SIGTTOU};

// Those that the server handles.
constexpr std::array handled_signals = {SIGTERM, SIGINT, SIGHUP, SIGUSR2};

bool contains(auto const& signals, int signal) noexcept {
  return std::ranges::find(signals, signal) != signals.end();
}

sigset_t set_of_handled() noexcept {
  sigset_t handled;
  ::sigemptyset(&handled);
  for (int const signal : handled_signals) {
    ::sigaddset(&handled, signal);
  }
  return handled;
}

// The kernel's form of it. Only the handler is not zero, and it comes first on every processor.
struct kernel_action {
  std::uintptr_t handler;
  std::array<std::uintptr_t, 3> rest;
};

// glibc keeps the first real-time signals for itself and lets nobody change them; it makes them
// its own when it needs them, to cancel a thread or to change the user, of which we do neither.
void ignore_reserved_signal(int signal) noexcept {
  kernel_action const ignore{.handler = 1, .rest = {}};
  constexpr std::size_t mask_size = 8;
  ::syscall(SYS_rt_sigaction, signal, &ignore, nullptr, mask_size);
}

int handover_descriptor = -1;

void take_handover_variable() noexcept {
  if (auto const* const text = std::getenv(handover_variable)) {
    handover_descriptor = text::parse_number<int>(text).value_or(-1);
    ::unsetenv(handover_variable);
  }
}

// exec() leaves no handlers: one that there is belongs to a library, such as a sanitizer's or
// gperftools', and stays.
void set_unless_handled(int signal, sighandler_t to) noexcept {
  struct sigaction found{};
  if (::sigaction(signal, nullptr, &found) == 0 && (found.sa_flags & SA_SIGINFO) == 0 &&
      (found.sa_handler == SIG_DFL || found.sa_handler == SIG_IGN)) {
    std::signal(signal, to);
  }
}

void ignore_what_means_nothing() noexcept {
  for (int const signal : ignored_signals) {
    // Ignored, one that waits would be lost.
    if (handover_descriptor < 0 || !contains(handled_signals, signal)) {
      set_unless_handled(signal, SIG_IGN);
    }
  }
  constexpr int first_realtime = 32;
  for (int signal = first_realtime; signal < SIGRTMIN; ++signal) {
    ignore_reserved_signal(signal);
  }
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) {
    set_unless_handled(signal, SIG_IGN);
  }
}

void heed_the_others() noexcept {
  constexpr int end_of_standard_signals = 32;
  for (int signal = 1; signal < end_of_standard_signals; ++signal) {
    if (!contains(ignored_signals, signal)) {
      set_unless_handled(signal, SIG_DFL);
    }
  }
}

// Runs before the initialisation of the libraries, one of which opens a pipe: it would get the
// number of a standard descriptor that is closed, and the log would go there. So early a sanitizer
// is not ready yet. The lowest free number is what openat() returns, so each is filled before the
// next.
__attribute__((no_sanitize("address", "thread", "undefined"))) void occupy_standard_descriptors() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::syscall(SYS_fcntl, descriptor, F_GETFD) == -1) {
      ::syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR);
    }
  }
}

[[gnu::section(".preinit_array"),
  gnu::used]] void (*const before_libraries)() = &occupy_standard_descriptors;

// Descriptors that are not for clients: listeners, log, epoll and its kin, files that are read.
// Sixteen are needed; where there are many, some more do not matter.
std::size_t own_descriptors(std::size_t all) noexcept {
  constexpr std::size_t fewest = 16;
  constexpr std::size_t most = 64;
  return std::clamp(all / 4, fewest, most);
}

std::size_t raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    constexpr std::size_t usual = 1024;
    return usual;
  }
  auto const before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return before;
  }
  return limit.rlim_cur;
}

mode_t umask_before = S_IRWXG | S_IRWXO;

log::line_format line_format = log::line_format::text;
log::bounded_text line_prefix;

void format_last_line(log::bounded_text& line) noexcept {
  log::format_line(line, line_format, line_prefix.view(), log::level::fatal,
                   "out of memory: the process ends, to be started again",
                   std::chrono::system_clock::now());
}

[[noreturn]] void end_out_of_memory() noexcept {
  log::bounded_text line;
  format_last_line(line);
  // A pipe that nobody reads must not keep the process.
  pollfd error{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  if (::poll(&error, 1, 0) == 1) {
    [[maybe_unused]] auto const written =
        ::write(STDERR_FILENO, line.view().data(), line.view().size());
  }
  ::_exit(EXIT_FAILURE);
}

}  // namespace

// Signals that wait already come when they are no longer blocked, so that is done last.
void shed_inherited_state() noexcept {
  take_handover_variable();
  ignore_what_means_nothing();
  heed_the_others();
  if (handover_descriptor < 0) {
    unblock_signals();
  } else {
    auto const until_they_are_handled = set_of_handled();
    ::sigprocmask(SIG_SETMASK, &until_they_are_handled, nullptr);
  }
  umask_before = ::umask(S_IRWXG | S_IRWXO);
}

void unblock_signals() noexcept {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

int inherited_handover() noexcept {
  return handover_descriptor;
}

mode_t inherited_umask() noexcept {
  return umask_before;
}

std::size_t connection_limit(std::size_t wanted) noexcept {
  auto const descriptors = raise_descriptor_limit();
  auto const possible = descriptors - std::min(descriptors - 1, own_descriptors(descriptors));
  return wanted == 0 ? possible : std::min(wanted, possible);
}

void end_when_out_of_memory(log::line_format format, std::string_view prefix) {
  line_format = format;
  line_prefix = {};
  line_prefix.append(prefix);
  // The time zone is read from its file now, which takes memory, and not later.
  log::bounded_text line;
  format_last_line(line);
  tls::call_new_handler_when_out_of_memory();
  std::set_new_handler(end_out_of_memory);
}

void hold_signals_until_exit() noexcept {
  auto const handled = set_of_handled();
  ::sigprocmask(SIG_BLOCK, &handled, nullptr);
}

}  // namespace nsqlookupd
