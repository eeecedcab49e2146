// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/store/file.hpp>

#include "database.hpp"
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <system_error>
#include <utility>

namespace nsqlookupd::store {
namespace {

using log::level;
using registry::time_point;

// `20261130T041502Z`
std::string stamp(time_point now) {
  auto const seconds = static_cast<std::time_t>(
      std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count());
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  auto const size = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return {text.data(), size};
}

[[noreturn]] void refuse(std::string const& directory, std::string const& reason) {
  throw std::runtime_error{"cannot use -data-path=" + directory + " - " + reason};
}

[[noreturn]] void refuse(std::string const& directory, int error) {
  refuse(directory, std::generic_category().message(error) +
                        "; it must be a directory that the server may write to");
}

int open_directory(std::string const& directory) {
  int const opened = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) {
    refuse(directory, errno);
  }
  if (::access(directory.c_str(), W_OK | X_OK) != 0) {
    int const error = errno;
    ::close(opened);
    refuse(directory, error);
  }
  return opened;
}

}  // namespace

void check_directory(std::string const& directory) {
  ::close(open_directory(directory));
}

// Not one of SQLite's own locks, which would keep out people who look, too.
class directory_lock {
 public:
  directory_lock(std::string const& directory, int locked)
      : descriptor_{locked < 0 ? open_directory(directory) : locked} {
    ::fcntl(descriptor_, F_SETFD, FD_CLOEXEC);
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) {
      return;
    }
    int const error = errno;
    ::close(descriptor_);
    if (error != EWOULDBLOCK) {
      refuse(directory, error);
    }
    refuse(directory, "another nsqlookupd uses it; give each server a directory of its own");
  }
  directory_lock(directory_lock const&) = delete;
  directory_lock& operator=(directory_lock const&) = delete;
  ~directory_lock() { ::close(descriptor_); }

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

file::file(std::string const& directory, int locked)
    : lock_{std::make_unique<directory_lock>(directory, locked)},
      path_{(std::filesystem::path{directory} / "nsqlookupd.db").string()} {}

file::file(file&&) noexcept = default;
file& file::operator=(file&&) noexcept = default;
file::~file() = default;

int file::lock() const noexcept {
  return lock_->descriptor();
}

void file::move_aside(std::string_view kind, std::string_view reason, time_point now) {
  auto const aside = path_ + '.' + std::string{kind} + '-' + stamp(now);
  std::error_code error;
  std::filesystem::rename(path_, aside, error);
  if (error) {
    opened_.reset();
    throw file_error{fault::passing, "it is " + std::string{kind} + " (" + std::string{reason} +
                                         ") and cannot be moved aside: " + error.message()};
  }
  for (auto const* const suffix : {"-wal", "-shm"}) {
    std::filesystem::rename(path_ + suffix, aside + suffix, error);
  }
  opened_.reset();
  log::line(level::warning, "STORE: ", path_, " is ", kind, " (", reason, "): it is now ", aside,
            ", and the state is stored anew");
}

void file::open(time_point now) {
  if (opened_) {
    return;
  }
  try {
    opened_ = std::make_unique<database>(path_);
    return;
  } catch (file_error const& error) {
    if (error.kind() == fault::passing) {
      throw;
    }
    move_aside(error.kind() == fault::newer ? "newer" : "broken", error.what(), now);
  }
  opened_ = std::make_unique<database>(path_);
}

template <class Use>
void file::with_database(time_point now, Use const& use) {
  try {
    open(now);
    use(*opened_);
  } catch (file_error const& error) {
    if (opened_ && error.kind() == fault::damage) {
      move_aside("broken", error.what(), now);
    }
    opened_.reset();
    throw;
  }
}

state file::load(time_point now) {
  state all;
  try {
    with_database(now, [&](database& opened) { all = opened.read(); });
  } catch (file_error const& error) {
    if (error.kind() != fault::damage && !read_unwritable(all)) {
      log::line(level::error, "STORE: cannot read ", path_, " - ", error.what(),
                "; the server starts without what it knew before");
    }
  }
  return all;
}

// Without its log the file is not whole.
bool file::read_unwritable(state& into) const {
  std::error_code error;
  if (auto const size = std::filesystem::file_size(path_ + "-wal", error); !error && size != 0) {
    return false;
  }
  try {
    into = read_alone(path_);
    return true;
  } catch (file_error const&) {
    return false;
  }
}

void file::write(rows::batch const& rows, time_point now) {
  with_database(now, [&](database& opened) { opened.write(rows, now); });
}

void file::touch(time_point now) {
  with_database(now, [&](database& opened) { opened.touch(now); });
}

void file::close() noexcept {
  try {
    if (opened_) {
      opened_->finish();
    }
  } catch (file_error const& error) {
    log::line(level::error, "STORE: cannot close ", path_, " - ", error.what());
  }
  opened_.reset();
}

}  // namespace nsqlookupd::store
