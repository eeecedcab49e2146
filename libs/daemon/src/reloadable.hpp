// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/log/log.hpp>

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd {

/// Remembers how files looked the last time, so that a change is noticed without reading them.
/// Follows symbolic links: a link that is turned to another file is a change.
class watched_files {
 public:
  /// Looks at them for the first time. Empty names are left out.
  explicit watched_files(std::vector<std::string> const& names);

  /// Looks at them again. True when one is not as it was the last time.
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

/// A value that is read from files at start, and again while the server runs. While the files are
/// not good, the last good value stays. Not for several threads.
template <class T>
class reloadable {
 public:
  /// Reads the files. Throws what `load` throws.
  ///
  /// `files`: those that are watched; empty names are left out.
  /// `load`: reads them; throws std::runtime_error with one line when they are not good.
  /// `complaint`: for the log, before that line; in static storage.
  reloadable(std::vector<std::string> const& files, std::function<T()> load,
             std::string_view complaint)
      : files_{files},
        load_{std::move(load)},
        complaint_{complaint},
        value_{std::make_shared<T const>(load_())} {}

  /// The last good value; never null.
  [[nodiscard]] std::shared_ptr<T const> const& value() const noexcept { return value_; }

  /// Whether the files were good when they were last read. Any thread.
  [[nodiscard]] bool is_good() const noexcept { return is_good_; }

  /// Reads the files again. True when there is a new value; when not, the log says why.
  [[nodiscard]] bool reload() {
    static_cast<void>(files_.have_changed());
    return replace();
  }

  /// The same, if one of the files does not look as it did.
  [[nodiscard]] bool reload_if_changed() { return files_.have_changed() && replace(); }

 private:
  bool replace() {
    try {
      value_ = std::make_shared<T const>(load_());
      is_good_ = true;
      return true;
    } catch (std::exception const& error) {
      is_good_ = false;
      log::line(log::level::error, complaint_, " - ", std::string_view{error.what()});
      return false;
    }
  }

  watched_files files_;
  std::function<T()> load_;
  std::string_view complaint_;
  std::shared_ptr<T const> value_;
  std::atomic<bool> is_good_{true};
};

}  // namespace nsqlookupd
