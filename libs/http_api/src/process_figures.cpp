// SPDX-License-Identifier: MIT
#include "process_figures.hpp"

#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace nsqlookupd::http_api {
namespace {

std::int64_t microseconds_of(timeval time) noexcept {
  return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
}

std::string read_all(std::filesystem::path const& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string without_ending(std::string text, char ending) {
  if (text.ends_with(ending)) {
    text.pop_back();
  }
  return text;
}

}  // namespace

heap_figures heap_of_process() noexcept {
  auto const heap = mallinfo2();
  return {.in_use = heap.uordblks + heap.hblkhd,
          .free = heap.fordblks,
          .mapped = heap.hblkhd,
          .from_system = heap.arena + heap.hblkhd};
}

cpu_figures cpu_of_process() noexcept {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return {.user_microseconds = microseconds_of(usage.ru_utime),
          .system_microseconds = microseconds_of(usage.ru_stime),
          .voluntary_switches = usage.ru_nvcsw,
          .involuntary_switches = usage.ru_nivcsw,
          .peak_resident_bytes = std::int64_t{usage.ru_maxrss} * 1024};
}

std::vector<thread_figures> threads_of_process() {
  std::vector<thread_figures> threads;
  std::error_code ignored;
  for (auto const& entry : std::filesystem::directory_iterator{"/proc/self/task", ignored}) {
    threads.push_back(
        {entry.path().filename().string(), without_ending(read_all(entry.path() / "comm"), '\n')});
  }
  return threads;
}

std::string command_line_of_process() {
  return without_ending(read_all("/proc/self/cmdline"), '\0');
}

}  // namespace nsqlookupd::http_api
