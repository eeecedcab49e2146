// SPDX-License-Identifier: MIT
#include "process_figures.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>
#include <system_error>

namespace nsqlookupd::metrics {
namespace {

constexpr char const* descriptors = "/proc/self/fd";

// So many take some milliseconds to count, one by one.
constexpr std::int64_t too_many_to_count = 2000;

/// The fields of /proc/self/stat that count, by proc(5)'s names.
struct stat_fields {
  double num_threads = 0;
  double starttime = 0;
  double vsize = 0;
  double rss = 0;
};

stat_fields read_stat() {
  constexpr int num_threads = 20;
  constexpr int starttime = 22;
  constexpr int vsize = 23;
  constexpr int rss = 24;
  std::ifstream file{"/proc/self/stat"};
  // The second field is a name, which may have blanks and brackets in it.
  std::string const text{std::istreambuf_iterator<char>{file}, {}};
  std::istringstream rest{text.substr(text.rfind(')') + 1)};
  stat_fields found;
  std::string field;
  for (int number = 3; number <= rss && rest >> field; ++number) {
    if (number == num_threads) found.num_threads = std::stod(field);
    if (number == starttime) found.starttime = std::stod(field);
    if (number == vsize) found.vsize = std::stod(field);
    if (number == rss) found.rss = std::stod(field);
  }
  return found;
}

double boot_time() {
  std::ifstream file{"/proc/stat"};
  for (std::string name; file >> name;
       file.ignore(std::numeric_limits<std::streamsize>::max(), '\n')) {
    double seconds = 0;
    if (name == "btime" && file >> seconds) {
      return seconds;
    }
  }
  return 0;
}

double seconds(timeval time) {
  constexpr double microseconds = 1e6;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / microseconds;
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double max_fds() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

std::optional<double> open_fds(std::int64_t connections) {
  // Since 6.2 the kernel says how many there are.
  struct stat directory{};
  if (::stat(descriptors, &directory) == 0 && directory.st_size > 0) {
    return static_cast<double>(directory.st_size);
  }
  if (connections > too_many_to_count) {
    return std::nullopt;
  }
  std::error_code error;
  std::filesystem::directory_iterator const entries{descriptors, error};
  // The directory itself is open while it is read.
  return static_cast<double>(std::distance(begin(entries), end(entries)) - 1);
}

}  // namespace

process_figures read_process_figures(std::int64_t connections) {
  static double const booted = boot_time();
  auto const found = read_stat();
  return {
      .cpu_seconds = cpu_seconds(),
      .start_time_seconds = booted + found.starttime / static_cast<double>(::sysconf(_SC_CLK_TCK)),
      .virtual_memory_bytes = found.vsize,
      .resident_memory_bytes = found.rss * static_cast<double>(::sysconf(_SC_PAGESIZE)),
      .threads = found.num_threads,
      .max_fds = max_fds(),
      .open_fds = open_fds(connections)};
}

}  // namespace nsqlookupd::metrics
