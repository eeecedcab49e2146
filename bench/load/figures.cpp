// SPDX-License-Identifier: MIT
#include "figures.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace bench {

// The scheduler's own account in nanoseconds; /proc/PID/stat counts in ticks of 10 ms.
std::chrono::nanoseconds cpu_time(int pid) {
  if (pid == 0) {
    return {};
  }
  std::filesystem::path const tasks = "/proc/" + std::to_string(pid) + "/task";
  std::error_code error;
  long long total = 0;
  for (auto const& task : std::filesystem::directory_iterator{tasks, error}) {
    std::ifstream schedstat{task.path() / "schedstat"};
    long long on_cpu = 0;
    schedstat >> on_cpu;
    total += on_cpu;
  }
  if (error) {
    throw std::runtime_error{"no process " + std::to_string(pid) + " to measure"};
  }
  return std::chrono::nanoseconds{total};
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

std::string to_table(std::vector<figures> const& rows) {
  constexpr std::size_t width = 160;
  std::array<char, width> line{};
  std::string table;
  auto const add = [&](int size) { table.append(line.data(), static_cast<std::size_t>(size)); };
  add(std::snprintf(line.data(), width, "%-16s %10s %9s %10s %9s %9s %9s %9s %9s %10s\n",
                    "scenario", "operations", "per s", "CPU us/op", "p50 us", "p99 us", "p99.9 us",
                    "worst us", "RSS MiB", "bytes/item"));
  for (auto const& row : rows) {
    constexpr double mebibyte = 1 << 20;
    add(std::snprintf(line.data(), width,
                      "%-16s %10zu %9.0f %10.2f %9.1f %9.1f %9.1f %9.1f %9.1f %10.0f\n",
                      row.scenario.c_str(), row.operations, row.per_second(),
                      row.cpu_us_per_operation, row.p50_us, row.p99_us, row.p999_us, row.worst_us,
                      static_cast<double>(row.resident_bytes) / mebibyte, row.bytes_per_item));
  }
  return table;
}

std::string to_json(std::vector<figures> const& rows) {
  boost::json::array all;
  for (auto const& row : rows) {
    all.push_back(boost::json::object{{"scenario", row.scenario},
                                      {"operations", row.operations},
                                      {"seconds", row.seconds},
                                      {"per_second", row.per_second()},
                                      {"cpu_us_per_operation", row.cpu_us_per_operation},
                                      {"p50_us", row.p50_us},
                                      {"p99_us", row.p99_us},
                                      {"p999_us", row.p999_us},
                                      {"worst_us", row.worst_us},
                                      {"resident_bytes", row.resident_bytes},
                                      {"bytes_per_item", row.bytes_per_item},
                                      {"body_bytes", row.body_bytes}});
  }
  return boost::json::serialize(all);
}

double median(std::vector<double> values) {
  if (values.empty()) {
    return 0;
  }
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace bench
