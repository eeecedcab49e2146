// SPDX-License-Identifier: MIT
#include "change_command.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd {
namespace {

constexpr std::array<std::string_view, 3> own_variables{
    "NSQ_TOPIC=", "NSQ_EVENT=", "NSQ_PRODUCERS="};

bool is_own(std::string_view variable) {
  return std::ranges::any_of(own_variables,
                             [&](auto const name) { return variable.starts_with(name); });
}

std::vector<std::string> variables_for(topic_change const& change) {
  std::vector<std::string> variables;
  for (char** each = environ; *each != nullptr; ++each) {
    if (!is_own(*each)) {
      variables.emplace_back(*each);
    }
  }
  std::string producers;
  for (auto const& producer : change.producers) {
    producers.append(producers.empty() ? "" : " ").append(producer);
  }
  variables.push_back("NSQ_TOPIC=" + change.topic);
  variables.push_back("NSQ_EVENT=" + change.event);
  variables.push_back("NSQ_PRODUCERS=" + producers);
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

/// The new process: a group of its own, no input, no descriptors but 0 to 2, and every signal as
/// it is by default.
class child_state {
 public:
  child_state() {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_init(&files_);
    sigset_t signals;
    ::sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
  }
  child_state(child_state const&) = delete;
  child_state& operator=(child_state const&) = delete;
  ~child_state() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  /// Returns 0, or the number of the error.
  int start(pid_t& id, char const* program, char* const* arguments, char* const* variables) const {
    return ::posix_spawn(&id, program, &files_, &attributes_, arguments, variables);
  }

 private:
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t files_{};
};

void tell_end(int status) {
  if (WIFSIGNALED(status)) {
    std::fprintf(stderr, "watch: the command was ended by signal %d\n", WTERMSIG(status));
  } else if (WEXITSTATUS(status) != 0) {
    std::fprintf(stderr, "watch: the command exited with %d\n", WEXITSTATUS(status));
  }
}

}  // namespace

change_command::change_command(boost::asio::io_context& context, std::string command)
    : child_signal_{context}, command_{std::move(command)} {
  if (!command_.empty()) {
    child_signal_.add(SIGCHLD);
    wait_for_end();
  }
}

void change_command::run_for(topic_change const& change) {
  if (command_.empty()) {
    return;
  }
  if (waiting_.insert_or_assign(change.topic, change).second) {
    order_.push_back(change.topic);
  }
  start_next();
}

void change_command::start_next() {
  while (running_ == 0 && !order_.empty()) {
    auto const next = waiting_.extract(order_.front());
    order_.pop_front();
    start(next.mapped());
  }
}

void change_command::start(topic_change const& change) {
  auto variables = variables_for(change);
  std::vector<std::string> arguments{"/bin/sh", "-c", command_};
  auto const error = child_state{}.start(running_, "/bin/sh", pointers_to(arguments).data(),
                                         pointers_to(variables).data());
  if (error != 0) {
    running_ = 0;
    std::fprintf(stderr, "watch: the command for %s cannot be started - %s\n", change.topic.c_str(),
                 std::strerror(error));
  }
}

void change_command::wait_for_end() {
  child_signal_.async_wait([this](boost::system::error_code const& error, int) {
    if (!error) {
      reap();
      start_next();
      wait_for_end();
    }
  });
}

void change_command::reap() {
  int status = 0;
  if (running_ != 0 && ::waitpid(running_, &status, WNOHANG) == running_) {
    running_ = 0;
    tell_end(status);
  }
}

void change_command::stop() noexcept {
  if (running_ != 0) {
    ::kill(-running_, SIGTERM);
  }
}

}  // namespace nsqlookupd
