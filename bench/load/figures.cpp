// SPDX-License-Identifier: MIT
#include "figures.hpp"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace bench {

// The process's CPU clock is the sum that utime and stime of /proc/PID/stat are made from; those
// are rounded to ticks of 10 ms.
std::chrono::nanoseconds cpu_time(int pid) {
  if (pid == 0) {
    return {};
  }
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) {
    throw std::runtime_error{"there is no process " + std::to_string(pid) + " to measure"};
  }
  return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

std::size_t resident_bytes(int pid) {
  if (pid == 0) {
    return 0;
  }
  std::ifstream statm{"/proc/" + std::to_string(pid) + "/statm"};
  std::size_t all = 0;
  std::size_t resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t peak_bytes(int pid) {
  constexpr std::string_view name = "VmHWM:";
  constexpr std::size_t kibibyte = 1'024;
  std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
  for (std::string line; pid != 0 && std::getline(status, line);) {
    if (line.starts_with(name)) {
      return std::stoul(line.substr(name.size())) * kibibyte;
    }
  }
  return 0;
}

void forget_peak(int pid) {
  if (pid != 0) {
    // 5 is the number that sets VmHWM to VmRSS (proc(5)).
    std::ofstream{"/proc/" + std::to_string(pid) + "/clear_refs"} << 5;
  }
}

double latencies::quantile_us(double share) const {
  if (took_.empty()) {
    return 0;
  }
  auto const last = static_cast<double>(took_.size() - 1);
  auto const at = took_.begin() + static_cast<std::ptrdiff_t>(last * share);
  std::nth_element(took_.begin(), at, took_.end());
  return std::chrono::duration<double, std::micro>{*at}.count();
}

double median(std::vector<double> values) {
  if (values.empty()) {
    return 0;
  }
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) {
    return *middle;
  }
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

namespace {

template <class Figures>
double median_of(std::vector<figures> const& rounds, Figures const& (*part)(figures const&),
                 double Figures::* figure) {
  std::vector<double> values;
  for (auto const& round : rounds) {
    values.push_back(part(round).*figure);
  }
  return median(std::move(values));
}

}  // namespace

figures median_of(std::vector<figures> const& rounds) {
  figures medians = rounds.front();
  auto const all = +[](figures const& round) -> auto const& { return round; };
  for (auto const figure :
       {&figures::seconds, &figures::cpu_us_per_operation, &figures::per_second, &figures::p50_us,
        &figures::p99_us, &figures::p999_us, &figures::worst_us, &figures::resident_bytes,
        &figures::bytes_per_item}) {
    medians.*figure = median_of(rounds, all, figure);
  }
  auto const watching = +[](figures const& round) -> auto const& { return round.watch; };
  for (auto const figure : {&watch_figures::last_p50_us, &watch_figures::last_p99_us,
                            &watch_figures::last_worst_us, &watch_figures::ping_p99_us,
                            &watch_figures::ping_worst_us, &watch_figures::peak_growth_bytes}) {
    medians.watch.*figure = median_of(rounds, watching, figure);
  }
  return medians;
}

void check_faults(figures const& found) {
  auto const check = [](std::size_t count, char const* fault) {
    if (count != 0) {
      throw std::runtime_error{std::to_string(count) + fault};
    }
  };
  check(found.watch.ids_not_growing, " events had an id that was not above the one before");
  check(found.watch.unexpected, " events came without a change");
  check(found.watch.wrong_last_states, " watchers were told last what /lookup does not say");
}

}  // namespace bench
