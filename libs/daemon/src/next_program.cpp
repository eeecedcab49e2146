// SPDX-License-Identifier: MIT
#include "next_program.hpp"

#include <nsqlookupd/net/task.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace nsqlookupd {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds dry_run_time{10};
constexpr std::chrono::milliseconds time_to_exit{5};
constexpr std::size_t most_output = std::size_t{64} << 10U;
constexpr std::size_t most_told = 500;

// Behind standard input, output and error.
constexpr int state_number = 3;

std::string reason_of(int error) {
  return std::generic_category().message(error);
}

// The arrays of pointers, with a null at the end, that execve() takes.
class pointers {
 public:
  explicit pointers(std::vector<std::string> texts) : texts_{std::move(texts)} {
    for (auto& text : texts_) {
      all_.push_back(text.data());
    }
    all_.push_back(nullptr);
  }
  [[nodiscard]] char* const* get() const noexcept { return all_.data(); }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> all_;
};

pointers environment_with(int state_descriptor) {
  std::vector<std::string> all;
  for (auto const* const* next = environ; *next != nullptr; ++next) {
    all.emplace_back(*next);
  }
  all.push_back(std::string{handover_variable} + '=' + std::to_string(state_descriptor));
  return pointers{std::move(all)};
}

// A program that runs beside this one, in a process group of its own, so that all that it may start
// ends with it.
class child {
 public:
  child(program const& next, int state_descriptor, int output);
  child(child const&) = delete;
  child& operator=(child const&) = delete;
  ~child() { end(); }

  // Why it was not started; 0 when it was.
  [[nodiscard]] int error() const noexcept { return error_; }

  void end() const noexcept {
    if (error_ == 0) {
      ::kill(-pid_, SIGKILL);
    }
  }

  // The status with which it ended; nothing as long as it runs.
  [[nodiscard]] std::optional<int> status() const noexcept {
    int found = 0;
    return ::waitpid(pid_, &found, WNOHANG) == 0 ? std::nullopt : std::optional{found};
  }

 private:
  pid_t pid_ = -1;
  int error_ = 0;
};

child::child(program const& next, int state_descriptor, int output) {
  auto arguments = next.arguments;
  arguments.insert(arguments.begin() + 1, "check");
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, state_descriptor, state_number);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  error_ =
      ::posix_spawn(&pid_, next.path.c_str(), &actions, &attributes,
                    pointers{std::move(arguments)}.get(), environment_with(state_number).get());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
}

// The faults that the dry run has printed; where there are none, its last line.
std::string faults_in(std::string const& output) {
  constexpr std::string_view fault = "fault: ";
  std::istringstream lines{output};
  std::string faults;
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(fault)) {
      faults.append(faults.empty() ? "" : "; ").append(line.substr(fault.size()));
    }
    last = line.empty() ? last : line;
  }
  return (faults.empty() ? last : faults).substr(0, most_told);
}

std::string judge(int status, std::string const& output) {
  if (WIFSIGNALED(status)) {
    return "it was ended by signal " + std::to_string(WTERMSIG(status));
  }
  if (WEXITSTATUS(status) != 0) {
    auto const told = faults_in(output);
    return told.empty() ? "it ended with " + std::to_string(WEXITSTATUS(status)) : told;
  }
  bool const is_ready = output.ends_with(std::string{ready_to_take_over} + '\n');
  return is_ready ? "" : "it does not know how to take over";
}

}  // namespace

blocked_signals::blocked_signals() noexcept {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before_);
}

blocked_signals::~blocked_signals() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

program this_program(int count, char const* const* arguments) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): getauxval() has no other form for it
  auto const* const executed = reinterpret_cast<char const*>(::getauxval(AT_EXECFN));
  std::string path = executed == nullptr ? "" : executed;
  // Executed by a descriptor, it has no path but the one that the system found.
  if (std::error_code error; path.starts_with("/dev/fd/")) {
    path = std::filesystem::read_symlink("/proc/self/exe", error).string();
  }
  return {std::move(path), {arguments, arguments + count}};
}

asio::awaitable<std::string> dry_run(program next, int state_descriptor) {
  auto const executor = co_await asio::this_coro::executor;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    co_return reason_of(errno);
  }
  asio::posix::stream_descriptor output{executor, ends[0]};
  child const running{next, state_descriptor, ends[1]};
  ::close(ends[1]);
  if (running.error() != 0) {
    co_return reason_of(running.error());
  }
  bool is_late = false;
  asio::steady_timer limit{executor, dry_run_time};
  auto const give_up = [&](boost::system::error_code cancelled) {
    if (!cancelled) {
      is_late = true;
      running.end();
      output.cancel();
    }
  };
  limit.async_wait(give_up);
  std::string text;
  std::array<char, 4096> part;
  bool is_open = true;
  while (is_open && text.size() < most_output) {
    auto const [failed, size] = co_await output.async_read_some(asio::buffer(part), net::token);
    text.append(part.data(), size);
    is_open = !failed;
  }
  if (is_open) {
    running.end();
  }
  auto status = running.status();
  asio::steady_timer pause{executor};
  while (!status) {
    pause.expires_after(time_to_exit);
    co_await pause.async_wait(net::token);
    status = running.status();
  }
  limit.cancel();
  // Should its time have been over already, it is called before this goes on.
  co_await asio::post(net::token);
  co_return is_late ? "it did not answer within 10s" : judge(*status, text);
}

std::string execute(program const& next, int state_descriptor, std::span<int const> open_on) {
  auto const set_flags = [&](int flags) {
    for (int const descriptor : open_on) {
      ::fcntl(descriptor, F_SETFD, flags);
    }
    ::fcntl(state_descriptor, F_SETFD, flags);
  };
  set_flags(0);
  ::execve(next.path.c_str(), pointers{next.arguments}.get(),
           environment_with(state_descriptor).get());
  int const error = errno;
  set_flags(FD_CLOEXEC);
  return reason_of(error);
}

}  // namespace nsqlookupd
