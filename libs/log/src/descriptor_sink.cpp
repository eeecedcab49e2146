// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/bounded_text.hpp>
#include <nsqlookupd/log/line_sink.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace nsqlookupd::log {
namespace {

/// A duplicate, so that the number may be closed and used again without log lines going into, say,
/// a client's connection. Stays invalid if the descriptor was closed: then every write fails.
class own_descriptor {
 public:
  explicit own_descriptor(int descriptor) noexcept
      : number_(::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)) {}
  own_descriptor(own_descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  own_descriptor& operator=(own_descriptor&&) = delete;
  ~own_descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  int number_;
};

bool may_stop_reading(int descriptor) noexcept {
  struct stat what{};
  return ::fstat(descriptor, &what) == 0 && !S_ISREG(what.st_mode);
}

bool is_transient(int error) noexcept {
  return error == EINTR || error == EAGAIN || error == EWOULDBLOCK;
}

line_sink::progress write_some(int descriptor, std::string_view bytes) noexcept {
  auto const written = ::write(descriptor, bytes.data(), bytes.size());
  if (written > 0) return {.taken = static_cast<std::size_t>(written)};
  return {.failed = written == 0 || !is_transient(errno)};
}

/// A regular file takes everything that waits in one write.
class file_sink final : public line_sink {
 public:
  explicit file_sink(own_descriptor descriptor) noexcept : descriptor_(std::move(descriptor)) {}

  progress write(std::string_view lines, std::chrono::milliseconds) noexcept override {
    return write_some(descriptor_.number(), lines);
  }

 private:
  own_descriptor const descriptor_;
};

/// Anything whose other end may stop reading. poll() promises room for max_line_size bytes and no
/// more, so a write of that much does not block, and a pipe takes the lines in it whole.
class stream_sink final : public line_sink {
 public:
  explicit stream_sink(own_descriptor descriptor) noexcept : descriptor_(std::move(descriptor)) {}

  progress write(std::string_view lines, std::chrono::milliseconds patience) noexcept override {
    pollfd room{.fd = descriptor_.number(), .events = POLLOUT, .revents = 0};
    auto const ready = ::poll(&room, 1, static_cast<int>(patience.count()));
    if (ready < 0) return {.failed = !is_transient(errno)};
    if (ready == 0) return {};
    return write_some(descriptor_.number(), first_lines(lines));
  }

 private:
  static std::string_view first_lines(std::string_view lines) noexcept {
    if (lines.size() <= max_line_size) return lines;
    auto const last_end = lines.rfind('\n', max_line_size - 1);
    return lines.substr(0, last_end == lines.npos ? max_line_size : last_end + 1);
  }

  own_descriptor const descriptor_;
};
}  // namespace

std::unique_ptr<line_sink> descriptor_sink(int descriptor) {
  own_descriptor own(descriptor);
  if (may_stop_reading(own.number())) return std::make_unique<stream_sink>(std::move(own));
  return std::make_unique<file_sink>(std::move(own));
}
}  // namespace nsqlookupd::log
