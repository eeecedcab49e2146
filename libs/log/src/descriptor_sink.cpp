// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/format_line.hpp>
#include <nsqlookupd/log/setup.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace nsqlookupd::log {
namespace {

bool may_stop_reading(int descriptor) noexcept {
  struct stat status{};
  return ::fstat(descriptor, &status) == 0 && !S_ISREG(status.st_mode);
}

bool is_transient(int error) noexcept {
  return error == EINTR || error == EAGAIN || error == EWOULDBLOCK;
}

/// The lines at the front of `lines` that max_line_size bytes hold.
std::string_view first_lines(std::string_view lines) noexcept {
  if (lines.size() <= max_line_size) {
    return lines;
  }
  auto const last_end = lines.rfind('\n', max_line_size - 1);
  return lines.substr(0, last_end == lines.npos ? max_line_size : last_end + 1);
}

class descriptor_writer final : public line_sink {
 public:
  // A duplicate, so that the number may be closed and used again without log lines going into, say,
  // a client's connection. It is -1 if the descriptor was closed: then every write fails.
  explicit descriptor_writer(int descriptor) noexcept
      : descriptor_{::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)},
        may_block_{may_stop_reading(descriptor_)} {}
  descriptor_writer(descriptor_writer const&) = delete;
  descriptor_writer& operator=(descriptor_writer const&) = delete;
  ~descriptor_writer() override {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }

  // poll() promises room for max_line_size bytes and no more, so a write of that much does not
  // block, and a pipe takes the lines in it whole. A regular file takes everything in one write.
  progress write(std::string_view lines, std::chrono::milliseconds patience) noexcept override {
    if (may_block_) {
      pollfd writable{.fd = descriptor_, .events = POLLOUT, .revents = 0};
      auto const ready = ::poll(&writable, 1, static_cast<int>(patience.count()));
      if (ready <= 0) {
        return {.failed = ready < 0 && !is_transient(errno)};
      }
      lines = first_lines(lines);
    }
    auto const written = ::write(descriptor_, lines.data(), lines.size());
    if (written > 0) {
      return {.taken = static_cast<std::size_t>(written)};
    }
    return {.failed = written == 0 || !is_transient(errno)};
  }

 private:
  int const descriptor_;
  bool const may_block_;
};

}  // namespace

std::unique_ptr<line_sink> descriptor_sink(int descriptor) {
  return std::make_unique<descriptor_writer>(descriptor);
}

}  // namespace nsqlookupd::log
