// SPDX-License-Identifier: MIT
//
// A library to preload: the wall clock goes wrong by so many seconds as the file says that
// CHANGED_CLOCK names, from when there is such a file.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>

namespace {

long seconds_wrong() {
  static char const* const path = std::getenv("CHANGED_CLOCK");
  int const file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return 0;
  }
  std::array<char, 32> text{};
  auto const size = ::read(file, text.data(), text.size() - 1);
  ::close(file);
  return size > 0 ? std::strtol(text.data(), nullptr, 10) : 0;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  using function = int (*)(clockid_t, timespec*);
  static auto const real = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "clock_gettime"));
  int const result = real(clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) {
    time->tv_sec += seconds_wrong();
  }
  return result;
}
