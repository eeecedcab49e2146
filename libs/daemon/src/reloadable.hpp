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
#include <tuple>
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
  // Device, inode, size, and the seconds and nanoseconds of the last change; all zero when the file
  // cannot be looked at.
  using look = std::tuple<dev_t, ino_t, off_t, std::int64_t, std::int64_t>;

  static look look_at(std::string const& name);

  std::vector<std::pair<std::string, look>> files_;
};

enum class reload_when : std::uint8_t { always, changed };

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

  /// Reads the files again: in any case, or only if one of them does not look as it did. True when
  /// there is a new value; when the files are not good, the log says why.
  [[nodiscard]] bool reload(reload_when when) {
    bool const changed = files_.have_changed();
    if (!changed && when == reload_when::changed) {
      return false;
    }
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

 private:
  watched_files files_;
  std::function<T()> load_;
  std::string_view complaint_;
  std::shared_ptr<T const> value_;
  std::atomic<bool> is_good_{true};
};

}  // namespace nsqlookupd
