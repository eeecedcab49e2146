// SPDX-License-Identifier: MIT
#include "soak_run.hpp"

#include "churn.hpp"
#include "log_drain.hpp"
#include "model.hpp"
#include "questions.hpp"
#include "sanitized.hpp"
#include "server_process.hpp"
#include "watch.hpp"
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>

namespace nsqlookupd::soak {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// Half of what a leak of one byte for each command of an hour comes to.
constexpr double most_growth_mib = 4;

// Sanitizers keep freed memory.
constexpr bool judges_memory = !test_support::is_sanitized;

e2e::server_start server_with(std::vector<std::string> const& flags) {
  // Nothing expires, however long this program is held up.
  std::vector<std::string> all{"-inactive-producer-timeout=24h", "-tombstone-lifetime=24h",
                               "-handshake-timeout=1h",          "-write-timeout=1h",
                               "-http-header-timeout=1h",        "-http-idle-timeout=1h"};
  all.insert(all.end(), flags.begin(), flags.end());
  return {.flags = std::move(all)};
}

double resident_mib(pid_t process) {
  std::ifstream statm{"/proc/" + std::to_string(process) + "/statm"};
  long pages = 0;
  statm >> pages >> pages;
  return static_cast<double>(pages * ::sysconf(_SC_PAGESIZE)) / (1024 * 1024);
}

class soak_run {
 public:
  explicit soak_run(soak_options const& how)
      : duration_{how.duration},
        lap_{std::clamp(how.duration / 10, milliseconds{100}, milliseconds{30'000})},
        server_{server_with(how.server_flags)},
        log_{server_.process().error_pipe()},
        questions_{server_.http_port(), model_},
        watch_{server_.http_port(), model_},
        churn_{server_.tcp_port(), model_, questions_, how.seed} {}

  void run() {
    try {
      run_laps();
    } catch (std::exception const& failure) {
      throw std::runtime_error{failure.what() + reason_of_death()};
    }
    judge_memory();
    if (auto const status = server_.stop(); status != 0) {
      throw std::runtime_error{"the server ended with status " + std::to_string(status) +
                               foreign_lines()};
    }
    log_.wait_for_end();
    summarize();
  }

 private:
  void run_laps() {
    churn_.admit_residents();
    do {
      run_lap();
      questions_.settle([this] { questions_.check_everything(); });
      watch_.settle();
      watch_.reconnect();
      auto const registrations = model_.registration_count();
      churn_.clear();
      questions_.check_everything();
      watch_.settle();
      note_memory();
      std::printf("soak: %lld s: %llu commands, %llu requests, %zu registrations, %.1f MiB\n",
                  static_cast<long long>(duration_cast<seconds>(elapsed()).count()),
                  static_cast<unsigned long long>(churn_.commands()),
                  static_cast<unsigned long long>(questions_.count()), registrations, now_mib_);
      std::fflush(stdout);
    } while (elapsed() < duration_);
  }

  void run_lap() {
    auto const end = steady_clock::now() + lap_;
    do {
      churn_.step();
    } while (steady_clock::now() < end);
  }

  // The first quarter is for warming up.
  void note_memory() {
    now_mib_ = resident_mib(server_.process().id());
    if (warm_mib_ == 0 || elapsed() <= duration_ / 4) {
      warm_mib_ = std::max(warm_mib_, now_mib_);
    }
  }

  void judge_memory() const {
    if (judges_memory && now_mib_ > warm_mib_ + most_growth_mib) {
      throw std::runtime_error{"the server has grown from " + std::to_string(warm_mib_) + " to " +
                               std::to_string(now_mib_) + " MiB, more than by " +
                               std::to_string(most_growth_mib)};
    }
  }

  // Ends the server, too, without which its log has no end to wait for.
  std::string reason_of_death() {
    try {
      auto const status = server_.process().wait(milliseconds{500});
      return " (the server ended with status " + std::to_string(status) + ')' + foreign_lines();
    } catch (std::runtime_error const&) {
      server_.process().send(SIGKILL);
      return {};
    }
  }

  std::string foreign_lines() {
    log_.wait_for_end();
    return log_.foreign_lines().empty() ? "" : "; it wrote:\n" + log_.foreign_lines();
  }

  void summarize() const {
    std::printf(
        "soak: passed: %llu commands on %llu connections, %llu requests, %llu events in %lld s; "
        "every reply was "
        "right, the registry as expected, %.1f MiB after the warm-up and %.1f MiB at the end%s\n",
        static_cast<unsigned long long>(churn_.commands()),
        static_cast<unsigned long long>(churn_.connections()),
        static_cast<unsigned long long>(questions_.count()),
        static_cast<unsigned long long>(watch_.events()),
        static_cast<long long>(duration_cast<seconds>(elapsed()).count()), warm_mib_, now_mib_,
        judges_memory ? "" : " (not judged: sanitizers keep memory)");
  }

  [[nodiscard]] milliseconds elapsed() const {
    return duration_cast<milliseconds>(steady_clock::now() - began_);
  }

  milliseconds duration_;
  milliseconds lap_;
  steady_clock::time_point began_ = steady_clock::now();
  e2e::server_process server_;
  log_drain log_;
  model model_;
  questions questions_;
  watch watch_;
  churn churn_;
  double warm_mib_ = 0;
  double now_mib_ = 0;
};

}  // namespace

void run_soak(soak_options const& how) {
  soak_run{how}.run();
}

}  // namespace nsqlookupd::soak
