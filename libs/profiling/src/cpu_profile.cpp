// SPDX-License-Identifier: MIT
#include <nsqlookupd/profiling/cpu_profile.hpp>

#include <gperftools/profiler.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <utility>

namespace nsqlookupd::profiling {
namespace {

// ProfilerStop() prints a line on stderr. The server would hang where nobody reads its stderr, and
// readers of a log in JSON would meet a line that is none.
void stop_profiler_quietly() noexcept {
  static std::FILE* const nowhere = ::fopencookie(nullptr, "w", {});
  auto* const before = std::exchange(stderr, nowhere != nullptr ? nowhere : stderr);
  ::ProfilerStop();
  stderr = before;
}

}  // namespace

std::unique_ptr<cpu_profile> cpu_profile::start() {
  // A file in memory, since the server may have no place where it can write.
  auto const file = ::memfd_create("cpu_profile", MFD_CLOEXEC);
  if (file < 0) {
    return nullptr;
  }
  std::unique_ptr<cpu_profile> profile{new cpu_profile{file}};
  auto const path = "/proc/self/fd/" + std::to_string(file);
  profile->is_running_ = ::ProfilerStart(path.c_str()) != 0;
  return profile->is_running_ ? std::move(profile) : nullptr;
}

cpu_profile::~cpu_profile() {
  stop();
  ::close(file_);
}

void cpu_profile::stop() noexcept {
  if (std::exchange(is_running_, false)) {
    stop_profiler_quietly();
  }
}

std::string cpu_profile::finish() {
  stop();
  struct stat written{};
  if (::fstat(file_, &written) != 0) {
    return {};
  }
  std::string content(static_cast<std::size_t>(written.st_size), '\0');
  auto const count = ::pread(file_, content.data(), content.size(), 0);
  content.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  return content;
}

}  // namespace nsqlookupd::profiling
