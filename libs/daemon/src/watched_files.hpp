// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace nsqlookupd {

/// Files that are to be read again when they change: of which it is known how they looked last.
/// Follows symbolic links, so that a link that is turned to another file is a change.
class watched_files {
 public:
  /// Looks at them for the first time. Empty names are left out.
  explicit watched_files(std::vector<std::string> const& names);

  /// Looks at them again. True when one is not as it was the last time. Does not read them.
  [[nodiscard]] bool have_changed();

 private:
  struct look {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;

    bool operator==(look const&) const = default;
  };
  struct file {
    std::string name;
    // All zero when it cannot be looked at.
    look last;
  };

  static look look_at(std::string const& name);

  std::vector<file> files_;
};

}  // namespace nsqlookupd
