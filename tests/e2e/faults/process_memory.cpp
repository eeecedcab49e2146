// SPDX-License-Identifier: MIT
#include "process_memory.hpp"

#include <time.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <string>

namespace nsqlookupd::e2e {
namespace {

std::string proc_file(pid_t process, char const* name) {
  return "/proc/" + std::to_string(process) + '/' + name;
}

struct sizes {
  double all;
  double resident;
};

sizes sizes_of(pid_t process) {
  std::ifstream statm{proc_file(process, "statm")};
  long all = 0;
  long resident = 0;
  statm >> all >> resident;
  auto const page_mib = static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024 * 1024);
  return {static_cast<double>(all) * page_mib, static_cast<double>(resident) * page_mib};
}

}  // namespace

double resident_mib(pid_t process) {
  return sizes_of(process).resident;
}

double virtual_mib(pid_t process) {
  return sizes_of(process).all;
}

double most_resident_mib(pid_t process) {
  std::ifstream status{proc_file(process, "status")};
  for (std::string word; status >> word;) {
    if (word == "VmHWM:") {
      double kib = 0;
      status >> kib;
      return kib / 1024;
    }
  }
  throw std::runtime_error{"the process tells no VmHWM"};
}

void forget_most_resident(pid_t process) {
  std::ofstream{proc_file(process, "clear_refs")} << 5;
}

std::chrono::nanoseconds cpu_time(pid_t process) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &used) != 0) {
    throw std::runtime_error{"the process has no clock"};
  }
  return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

}  // namespace nsqlookupd::e2e
