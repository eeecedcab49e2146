// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>
#include <system_error>
#include <utility>

namespace nsqlookupd::log {

/// A pipe with the smallest buffer there is, closed at the end of the scope.
class small_pipe {
 public:
  small_pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe2");
    }
    ::fcntl(ends_[1], F_SETPIPE_SZ, 4096);
  }
  small_pipe(small_pipe const&) = delete;
  small_pipe& operator=(small_pipe const&) = delete;
  ~small_pipe() {
    close_read_end();
    close_write_end();
  }

  [[nodiscard]] int write_end() const { return ends_[1]; }
  void close_read_end() { close(ends_[0]); }
  void close_write_end() { close(ends_[1]); }

  /// Everything up to the end of the file, which comes when all write ends are closed.
  [[nodiscard]] std::string read_all() const {
    std::string all;
    std::array<char, 4096> part;
    for (auto got = ::read(ends_[0], part.data(), part.size()); got > 0;
         got = ::read(ends_[0], part.data(), part.size())) {
      all.append(part.data(), static_cast<std::size_t>(got));
    }
    return all;
  }

 private:
  static void close(int& end) {
    if (end >= 0) ::close(std::exchange(end, -1));
  }

  std::array<int, 2> ends_{-1, -1};
};
}  // namespace nsqlookupd::log
