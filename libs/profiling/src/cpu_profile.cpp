// SPDX-License-Identifier: MIT
#include <nsqlookupd/profiling/cpu_profile.hpp>

#include "call_stack.hpp"
#include "memory_map.hpp"
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <span>
#include <thread>
#include <utility>

namespace nsqlookupd::profiling {
namespace {

using word = std::uintptr_t;

constexpr long period_microseconds = 10'000;

// Enough for five minutes of two processors at the full depth of stacks.
constexpr std::size_t buffer_words = std::size_t{4} << 20U;

// Memory that becomes real only where it is written to.
word* reserve_buffer() noexcept {
  auto* const memory = ::mmap(nullptr, buffer_words * sizeof(word), PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<word*>(memory);
}

word interrupted_at(void const* context) noexcept {
  auto const& machine = static_cast<ucontext_t const*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return static_cast<word>(machine.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return static_cast<word>(machine.pc);
#else
#error "Where is the program counter in this processor's mcontext_t?"
#endif
}

bool set_timer(long microseconds) noexcept {
  itimerval const when{{0, microseconds}, {0, microseconds}};
  return ::setitimer(ITIMER_PROF, &when, nullptr) == 0;
}

void append_words(std::string& out, std::span<word const> words) {
  out.append(reinterpret_cast<char const*>(words.data()), words.size_bytes());
}

}  // namespace

class cpu_profile::samples {
 public:
  samples() noexcept : buffer_{reserve_buffer()} {}
  samples(samples const&) = delete;
  samples& operator=(samples const&) = delete;
  ~samples() {
    if (buffer_ != nullptr) {
      ::munmap(buffer_, buffer_words * sizeof(word));
    }
  }

  [[nodiscard]] bool has_memory() const noexcept { return buffer_ != nullptr; }

  /// On the signal's handler, on several threads at once.
  void add(call_stack const& stack) noexcept {
    auto const frames = stack.frames();
    auto const at = used_.fetch_add(frames.size() + 2);
    if (at + frames.size() + 2 > buffer_words) {
      return;
    }
    // One sample, of so many frames.
    buffer_[at] = 1;
    buffer_[at + 1] = frames.size();
    std::ranges::copy(frames, buffer_ + at + 2);
  }

  /// All that are whole. Nobody adds any more.
  [[nodiscard]] std::span<word const> words() const noexcept {
    std::size_t end = 0;
    while (end < used_ && end + 2 <= buffer_words && buffer_[end] != 0) {
      end += buffer_[end + 1] + 2;
    }
    return {buffer_, end};
  }

  /// The one that goes on, or null.
  static inline constinit std::atomic<samples*> active{nullptr};
  /// Handlers that may still be looking at it.
  static inline constinit std::atomic<int> handlers{0};

  static void on_tick(int, siginfo_t*, void* context) noexcept {
    auto const before = errno;
    ++handlers;
    if (auto* const taking = active.load()) {
      taking->add(call_stack::of_interrupted(interrupted_at(context)));
    }
    --handlers;
    errno = before;
  }

 private:
  word* buffer_;
  std::atomic<std::size_t> used_{0};
};

std::unique_ptr<cpu_profile> cpu_profile::start() {
  std::unique_ptr<cpu_profile> started{new cpu_profile{std::make_unique<samples>()}};
  auto& taken = started->samples_;
  samples* nobody = nullptr;
  if (!taken->has_memory() || !samples::active.compare_exchange_strong(nobody, taken.get())) {
    // So that its end does not stop the other one.
    taken.reset();
    return nullptr;
  }
  struct sigaction action{};
  action.sa_sigaction = samples::on_tick;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  // It stays when the profile ends: a last signal that is under way would end the process else.
  if (::sigaction(SIGPROF, &action, nullptr) != 0 || !set_timer(period_microseconds)) {
    return nullptr;
  }
  return started;
}

cpu_profile::cpu_profile(std::unique_ptr<samples> taken) noexcept : samples_{std::move(taken)} {}

cpu_profile::~cpu_profile() {
  if (samples_ != nullptr) {
    stop();
  }
}

void cpu_profile::stop() noexcept {
  set_timer(0);
  samples::active = nullptr;
  while (samples::handlers != 0) {
    std::this_thread::yield();
  }
}

std::string cpu_profile::finish() {
  stop();
  auto const taken = std::exchange(samples_, nullptr);
  constexpr word version = 0;
  constexpr word header[] = {0, 3, version, period_microseconds, 0};
  constexpr word trailer[] = {0, 1, 0};
  std::string out;
  append_words(out, header);
  append_words(out, taken->words());
  append_words(out, trailer);
  append_memory_map(out);
  return out;
}

}  // namespace nsqlookupd::profiling
