// SPDX-License-Identifier: MIT
#include "progress.hpp"

#include <unistd.h>

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

void print(std::string const& line) {
  // Back to the start of the line, and what stood there goes.
  constexpr char const* rewrite = "\r\033[K%s";
  std::fprintf(stderr, on_terminal() ? rewrite : "%s\n", line.c_str());
  std::fflush(stderr);
}

}  // namespace

void begin_step(std::string step) {
  current.step = std::move(step);
  current.part.clear();
  print(current.step);
}

void begin_part(std::string part) {
  current.part = ": " + std::move(part);
  if (on_terminal()) {
    print(current.step + current.part);
  }
}

void show(std::string const& detail) {
  if (on_terminal()) {
    print(current.step + current.part + ": " + detail);
  }
}

void clear() {
  if (on_terminal()) {
    print({});
  }
}

}  // namespace bench::progress
