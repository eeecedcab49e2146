// SPDX-License-Identifier: MIT
#include "progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <utility>

namespace bench::progress {
namespace {

bool on_terminal() {
  static bool const is_terminal = ::isatty(STDERR_FILENO) == 1;
  return is_terminal;
}

struct {
  std::string step;
  std::string part;
} current;

// A text that does not fit would begin a second line, which is never taken away again.
std::size_t columns() {
  constexpr std::size_t usual = 80;
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

void print_line(std::string const& line) {
  // Back to the start of the line, and what stood there goes.
  constexpr char const* rewrite = "\r\033[K%s";
  if (on_terminal()) {
    std::fprintf(stderr, rewrite, line.substr(0, columns() - 1).c_str());
  } else {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
  std::fflush(stderr);
}

}  // namespace

void begin_step(std::string step) {
  current.step = std::move(step);
  current.part.clear();
  print_line(current.step);
}

void begin_part(std::string part) {
  current.part = ": " + std::move(part);
  if (on_terminal()) {
    print_line(current.step + current.part);
  }
}

void show(std::string const& detail) {
  if (on_terminal()) {
    print_line(current.step + current.part + ": " + detail);
  }
}

void clear() {
  if (on_terminal()) {
    print_line({});
  }
}

}  // namespace bench::progress
