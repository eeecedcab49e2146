// SPDX-License-Identifier: MIT
#include "figures.hpp"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

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

figures median_of(std::vector<figures> const& rounds) {
  figures medians = rounds.front();
  auto const take = [&](double figures::* figure) {
    std::vector<double> values;
    for (auto const& round : rounds) {
      values.push_back(round.*figure);
    }
    medians.*figure = median(std::move(values));
  };
  for (auto const figure :
       {&figures::seconds, &figures::cpu_us_per_operation, &figures::per_second, &figures::p50_us,
        &figures::p99_us, &figures::p999_us, &figures::worst_us, &figures::resident_bytes,
        &figures::bytes_per_item}) {
    take(figure);
  }
  return medians;
}

}  // namespace bench
