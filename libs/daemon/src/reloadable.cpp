// SPDX-License-Identifier: MIT
#include "reloadable.hpp"

#include <sys/stat.h>

#include <utility>

namespace nsqlookupd {

watched_files::watched_files(std::vector<std::string> const& names) {
  for (auto const& name : names) {
    if (!name.empty()) {
      files_.emplace_back(name, look_at(name));
    }
  }
}

watched_files::look watched_files::look_at(std::string const& name) {
  struct stat found{};
  if (::stat(name.c_str(), &found) != 0) {
    return {};
  }
  return {found.st_dev, found.st_ino, found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec};
}

bool watched_files::have_changed() {
  bool changed = false;
  for (auto& [name, last] : files_) {
    auto const now = look_at(name);
    changed = std::exchange(last, now) != now || changed;
  }
  return changed;
}

}  // namespace nsqlookupd
