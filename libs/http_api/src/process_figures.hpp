// SPDX-License-Identifier: MIT
//
// What the system tells a process about itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nsqlookupd::http_api {

/// Bytes, as the allocator counts them.
struct heap_figures {
  std::size_t in_use;
  std::size_t free;
  std::size_t mapped;
  std::size_t from_system;
};

/// Since the process began.
struct cpu_figures {
  std::int64_t user_microseconds;
  std::int64_t system_microseconds;
  std::int64_t voluntary_switches;
  std::int64_t involuntary_switches;
  std::int64_t peak_resident_bytes;
};

struct thread_figures {
  std::string id;
  std::string name;
};

[[nodiscard]] heap_figures heap_of_process() noexcept;
[[nodiscard]] cpu_figures cpu_of_process() noexcept;
[[nodiscard]] std::vector<thread_figures> threads_of_process();

/// The program's arguments, each but the last ended by a NUL.
[[nodiscard]] std::string command_line_of_process();

}  // namespace nsqlookupd::http_api
