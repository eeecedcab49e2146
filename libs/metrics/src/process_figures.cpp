// SPDX-License-Identifier: MIT
#include "process_figures.hpp"

#include <nsqlookupd/metrics/exposition.hpp>

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
#include <vector>

namespace nsqlookupd::metrics {
namespace {

// So many take some milliseconds to count, one by one.
constexpr std::int64_t too_many_to_count = 2000;

/// The fields of /proc/self/stat, which are counted from 1 there: the third and those after it.
using stat_fields = std::vector<double>;

/// By proc(5)'s names.
enum class stat_field : std::size_t { num_threads = 20, starttime = 22, vsize = 23, rss = 24 };

stat_fields read_stat(std::filesystem::path const& proc) {
  std::ifstream file{proc / "self/stat"};
  std::string const text{std::istreambuf_iterator<char>{file}, {}};
  // The second field is a name, which may have blanks and brackets in it; the third is a letter.
  std::istringstream rest{text.substr(text.rfind(')') + 1)};
  std::string state;
  rest >> state;
  stat_fields fields;
  for (double value = 0; rest >> value;) {
    fields.push_back(value);
  }
  return fields;
}

std::optional<double> value_of(stat_field wanted, stat_fields const& fields) {
  constexpr std::size_t first = 4;
  auto const position = static_cast<std::size_t>(wanted) - first;
  return position < fields.size() ? std::optional{fields[position]} : std::nullopt;
}

std::optional<double> read_boot_time(std::filesystem::path const& proc) {
  std::ifstream file{proc / "stat"};
  for (std::string name; file >> name;
       file.ignore(std::numeric_limits<std::streamsize>::max(), '\n')) {
    double seconds = 0;
    if (name == "btime" && file >> seconds) {
      return seconds;
    }
  }
  return std::nullopt;
}

// This never changes, and /proc/stat is long where CPUs are many.
std::optional<double> boot_time(std::filesystem::path const& proc) {
  if (proc != usual_proc) {
    return read_boot_time(proc);
  }
  static auto const booted = read_boot_time(proc);
  return booted;
}

std::optional<double> start_time(stat_fields const& fields, std::filesystem::path const& proc) {
  auto const ticks = value_of(stat_field::starttime, fields);
  auto const booted = boot_time(proc);
  if (!ticks || !booted) {
    return std::nullopt;
  }
  return *booted + *ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::optional<double> resident_memory(stat_fields const& fields) {
  auto const pages = value_of(stat_field::rss, fields);
  if (!pages) {
    return std::nullopt;
  }
  return *pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double seconds(timeval time) {
  constexpr double microseconds = 1e6;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / microseconds;
}

std::optional<double> cpu_seconds() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) {
    return std::nullopt;
  }
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::optional<double> max_fds() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return std::nullopt;
  }
  return static_cast<double>(limit.rlim_cur);
}

std::optional<double> open_fds(std::int64_t connections, std::filesystem::path const& proc) {
  auto const descriptors = proc / "self/fd";
  // Since 6.2 the kernel says how many there are.
  struct stat directory{};
  if (::stat(descriptors.c_str(), &directory) == 0 && directory.st_size > 0) {
    return static_cast<double>(directory.st_size);
  }
  if (connections > too_many_to_count) {
    return std::nullopt;
  }
  std::error_code error;
  std::filesystem::directory_iterator entry{descriptors, error};
  double count = 0;
  for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
    ++count;
  }
  if (error) {
    return std::nullopt;
  }
  // The directory itself is open while it is read.
  return count - 1;
}

}  // namespace

process_figures read_process_figures(std::int64_t connections, std::filesystem::path const& proc) {
  auto const fields = read_stat(proc);
  return {.cpu_seconds = cpu_seconds(),
          .start_time_seconds = start_time(fields, proc),
          .virtual_memory_bytes = value_of(stat_field::vsize, fields),
          .resident_memory_bytes = resident_memory(fields),
          .threads = value_of(stat_field::num_threads, fields),
          .max_fds = max_fds(),
          .open_fds = open_fds(connections, proc)};
}

}  // namespace nsqlookupd::metrics
