// SPDX-License-Identifier: MIT
//
// A process as /proc shows it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <system_error>

namespace nsqlookupd::e2e {

/// A file of the process in /proc.
[[nodiscard]] inline std::string process_file(pid_t process, std::string const& name) {
  std::ifstream file{"/proc/" + std::to_string(process) + '/' + name};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// The file that it executes, with ` (deleted)` behind it when another has its path.
[[nodiscard]] inline std::string executable_of(pid_t process) {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/" + std::to_string(process) + "/exe", error).string();
}

/// The processes that it has started and that it has not waited for, ended ones included.
[[nodiscard]] inline std::string children_of(pid_t process) {
  std::string all;
  std::error_code error;
  auto const threads = "/proc/" + std::to_string(process) + "/task";
  for (auto const& thread : std::filesystem::directory_iterator{threads, error}) {
    std::ifstream file{thread.path() / "children"};
    all.append(std::istreambuf_iterator<char>{file}, {});
  }
  return all;
}

/// The kinds of its descriptors: `socket:`, `pipe:`, `/dev/null`.
[[nodiscard]] inline std::multiset<std::string> descriptors_of(pid_t process) {
  std::multiset<std::string> found;
  std::error_code error;
  auto const folder = "/proc/" + std::to_string(process) + "/fd";
  for (auto const& each : std::filesystem::directory_iterator{folder, error}) {
    auto const target = std::filesystem::read_symlink(each.path(), error).string();
    // A new epoll, timer or socket has another number.
    found.insert(target.substr(0, target.find('[')));
  }
  return found;
}

}  // namespace nsqlookupd::e2e
