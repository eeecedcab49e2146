// SPDX-License-Identifier: MIT
#include "process_figures.hpp"

#include <nsqlookupd/metrics/exposition.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>

namespace nsqlookupd::metrics {
namespace {

// So many take some milliseconds to count, one by one.
constexpr std::int64_t too_many_to_count = 2000;

/// The fields of /proc/self/stat, which are counted from 1 there: the third and those after it.
using stat_fields = std::vector<double>;

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

std::vector<process_figure> read_process_figures(std::int64_t connections,
                                                 std::filesystem::path const& proc) {
  std::vector<process_figure> figures;
  auto const add = [&](char const* name, char const* help, std::optional<double> value) {
    if (value) {
      figures.push_back({name, help, *value});
    }
  };
  // By their numbers in proc(5).
  auto const field = [fields = read_stat(proc)](std::size_t number) {
    auto const position = number - 4;
    return position < fields.size() ? std::optional{fields[position]} : std::nullopt;
  };
  auto const booted = boot_time(proc);
  auto const started = field(22);
  auto const resident_pages = field(24);

  add("process_cpu_seconds_total", "User and system CPU time spent.",
      static_cast<double>(std::clock()) / CLOCKS_PER_SEC);
  add("process_open_fds", "Open file descriptors.", open_fds(connections, proc));
  add("process_max_fds", "Limit of open file descriptors.",
      static_cast<double>(::sysconf(_SC_OPEN_MAX)));
  add("process_virtual_memory_bytes", "Virtual memory.", field(23));
  if (resident_pages) {
    add("process_resident_memory_bytes", "Resident memory.",
        *resident_pages * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  }
  if (booted && started) {
    add("process_start_time_seconds", "When the process began, since the epoch.",
        *booted + *started / static_cast<double>(::sysconf(_SC_CLK_TCK)));
  }
  add("process_threads", "Threads of the process.", field(20));
  return figures;
}

}  // namespace nsqlookupd::metrics
