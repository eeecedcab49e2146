// SPDX-License-Identifier: MIT
#include "child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

extern char** environ;

namespace nsqlookupd::test_support {
namespace {

[[noreturn]] void fail(char const* operation) {
  throw std::system_error{errno, std::generic_category(), operation};
}

struct pipe_ends {
  file_descriptor read;
  file_descriptor write;
};

pipe_ends make_pipe() {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    fail("pipe2");
  }
  return {file_descriptor{ends[0]}, file_descriptor{ends[1]}};
}

file_descriptor open_device(char const* path) {
  file_descriptor device{::open(path, O_RDWR | O_CLOEXEC)};
  if (device.number() < 0) {
    fail(path);
  }
  return device;
}

std::string_view name_of(std::string_view variable) {
  return variable.substr(0, variable.find('='));
}

std::vector<std::string> environment_with(std::vector<std::string> const& added) {
  auto all = added;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    auto const name = name_of(*variable);
    auto const is_same = [&](std::string const& other) { return name_of(other) == name; };
    if (!name.starts_with("NSQLOOKUPD_") && std::none_of(added.begin(), added.end(), is_same)) {
      all.emplace_back(*variable);
    }
  }
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

struct child_descriptors {
  int input;
  int output;
  int error;
  std::vector<int>& passed;
  std::size_t limit;
  void (*prepare)();
};

// Moved out of the way first: one's number may be where another is to go. System calls only.
void pass(std::vector<int>& descriptors) {
  constexpr int out_of_the_way = 100;
  constexpr int first = 3;
  for (int& descriptor : descriptors) {
    descriptor = ::fcntl(descriptor, F_DUPFD_CLOEXEC, out_of_the_way);
  }
  int target = first;
  for (int const descriptor : descriptors) {
    ::dup2(descriptor, target++);
  }
}

// Runs between fork and exec: system calls only.
[[noreturn]] void become(char* const* arguments, char* const* variables, child_descriptors from,
                         pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) {
    ::_exit(126);
  }
  // The process that started the tests may ignore or block these.
  for (int const signal : {SIGINT, SIGTERM, SIGPIPE}) {
    ::signal(signal, SIG_DFL);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(from.input, STDIN_FILENO);
  ::dup2(from.output, STDOUT_FILENO);
  if (from.error < 0) {
    ::close(STDERR_FILENO);
  } else {
    ::dup2(from.error, STDERR_FILENO);
  }
  pass(from.passed);
  if (from.limit != 0) {
    rlimit const both{from.limit, from.limit};
    ::setrlimit(RLIMIT_NOFILE, &both);
  }
  if (from.prepare != nullptr) {
    from.prepare();
  }
  ::execve(arguments[0], arguments, variables);
  ::_exit(127);
}

pid_t start(launch const& how, child_descriptors descriptors) {
  auto arguments = how.arguments;
  arguments.insert(arguments.begin(), how.program);
  auto variables = environment_with(how.variables);
  auto const argument_pointers = pointers_to(arguments);
  auto const variable_pointers = pointers_to(variables);
  auto const parent = ::getpid();
  auto const id = ::fork();
  if (id < 0) {
    fail("fork");
  }
  if (id == 0) {
    become(argument_pointers.data(), variable_pointers.data(), descriptors, parent);
  }
  return id;
}

int status_of(siginfo_t const& info) {
  return info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
}

// `unread`: read from the pipe before, and not handed out.
std::optional<std::string> next_line(int pipe, std::string& unread, char const* wanted) {
  auto const until = give_up_at();
  while (true) {
    if (auto const end = unread.find('\n'); end != std::string::npos) {
      auto line = unread.substr(0, end);
      unread.erase(0, end + 1);
      return line;
    }
    std::array<char, 4096> some;
    auto const count = read_some(pipe, some, until, wanted);
    if (count == 0) {
      return unread.empty() ? std::nullopt : std::optional{std::exchange(unread, std::string{})};
    }
    unread.append(some.data(), count);
  }
}

}  // namespace

child_process::child_process(launch const& how) {
  auto const input = open_device("/dev/null");
  auto output = make_pipe();
  auto error = make_pipe();
  if (how.error == error_output::full_device) {
    error.write = open_device("/dev/full");
  } else if (how.error == error_output::closed) {
    error.write.close();
  }
  auto passed = how.passed;
  id_ = start(how, {input.number(), output.write.number(), error.write.number(), passed,
                    how.descriptor_limit, how.prepare});
  // glibc has had a function for this only since 2.36.
  process_ = file_descriptor{static_cast<int>(::syscall(SYS_pidfd_open, id_, 0))};
  if (process_.number() < 0) {
    fail("pidfd_open");
  }
  output_ = std::move(output.read);
  error_ = std::move(error.read);
}

child_process::~child_process() {
  if (!status_) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
}

void child_process::send(int signal) const {
  if (::kill(id_, signal) != 0) {
    fail("kill");
  }
}

void child_process::pause() const {
  send(SIGSTOP);
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(id_), &info, WSTOPPED | WEXITED | WNOWAIT) != 0) {
    fail("waitid");
  }
  if (info.si_code != CLD_STOPPED) {
    throw std::runtime_error{"the process ended with " + std::to_string(status_of(info)) +
                             " instead of standing still"};
  }
}

void child_process::resume() const {
  send(SIGCONT);
}

int child_process::wait(std::chrono::milliseconds limit) {
  if (!status_) {
    if (!wait_for(process_.number(), POLLIN, give_up_at(limit))) {
      throw std::runtime_error{"the process still runs after " + std::to_string(limit.count()) +
                               " ms"};
    }
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED) != 0) {
      fail("waitid");
    }
    status_ = status_of(info);
  }
  return *status_;
}

bool child_process::has_ended(std::chrono::milliseconds limit) const {
  return status_ || wait_for(process_.number(), POLLIN, give_up_at(limit));
}

std::string child_process::output() {
  return std::exchange(output_text_, std::string{}) +
         read_to_end(output_.number(), give_up_at(), "standard output");
}

std::optional<std::string> child_process::next_output_line() {
  return next_line(output_.number(), output_text_, "a line on standard output");
}

std::optional<std::string> child_process::next_error_line() {
  return next_line(error_.number(), error_text_, "a line on standard error");
}

std::string child_process::error() {
  return std::exchange(error_text_, std::string{}) +
         read_to_end(error_.number(), give_up_at(), "standard error");
}

ended_process run_to_end(launch const& how) {
  child_process child{how};
  auto output = child.output();
  auto error = child.error();
  return {child.wait(), std::move(output), std::move(error)};
}

}  // namespace nsqlookupd::test_support
