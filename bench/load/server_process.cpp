// SPDX-License-Identifier: MIT
#include "server_process.hpp"

#include "client.hpp"
#include "text.hpp"
#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

namespace bench {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

[[noreturn]] void cannot(std::string const& operation, int error) {
  throw std::runtime_error{"cannot " + operation + ": " + std::strerror(error)};
}

// Ports that are free now; v1.3.0 at -log-level=error would not say which ones it chose itself.
std::array<tcp::endpoint, 2> free_endpoints() {
  asio::io_context io;
  tcp::endpoint const any{asio::ip::address_v4::loopback(), 0};
  tcp::acceptor const first{io, any};
  tcp::acceptor const second{io, any};
  return {first.local_endpoint(), second.local_endpoint()};
}

// From another address: the kernel would let a socket connect to itself where nobody listens yet.
bool accepts(tcp::endpoint const& endpoint) {
  asio::io_context io;
  tcp::socket socket{io, tcp::v4()};
  boost::system::error_code error;
  socket.bind(next_source(), error);
  if (!error) {
    socket.connect(endpoint, error);
  }
  return !error;
}

// A file without a name: nothing is left over when this tool ends, even by a signal.
class nameless_file {
 public:
  nameless_file() {
    auto path = (std::filesystem::temp_directory_path() / "nsqlookupd-bench-XXXXXX").string();
    descriptor_ = ::mkostemp(path.data(), O_APPEND | O_CLOEXEC);
    if (descriptor_ < 0) {
      cannot("create a file for the server's log in " +
                 std::filesystem::temp_directory_path().string(),
             errno);
    }
    ::unlink(path.c_str());
  }
  nameless_file(nameless_file const&) = delete;
  nameless_file& operator=(nameless_file const&) = delete;
  ~nameless_file() { ::close(descriptor_); }

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

// In the words of the system, which Go writes with a small letter.
constexpr std::string_view port_is_taken = "ddress already in use";

// The complaint of the server: its first line that is no INFO.
std::string complaint(int log) {
  std::array<char, 4096> text{};
  auto const count = ::pread(log, text.data(), text.size(), 0);
  std::istringstream lines{std::string{text.data(), static_cast<std::size_t>(std::max(count, 0L))}};
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.find(" INFO: ") == std::string::npos) {
      return ": " + line;
    }
  }
  return {};
}

std::string ending(int status) {
  return WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                             : "exit status " + std::to_string(WEXITSTATUS(status));
}

// The work of the child; `failed` is told why when there is nothing to execute.
[[noreturn]] void become(server_start const& how, char** arguments, int log, int failed) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (auto const& [name, value] : how.environment) {
    ::setenv(name.c_str(), value.c_str(), 1);
  }
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::execvp(how.binary.c_str(), arguments);
  int const error = errno;
  [[maybe_unused]] auto const told = ::write(failed, &error, sizeof error);
  ::_exit(127);
}

}  // namespace

server_process::server_process(server_start how) {
  constexpr int most_attempts = 5;
  for (int attempt = 1; !is_started(how, attempt == most_attempts); ++attempt) {
  }
}

bool server_process::is_started(server_start const& how, bool is_last_attempt) {
  auto const endpoints = free_endpoints();
  target_.tcp = endpoints[0];
  target_.http = endpoints[1];
  nameless_file const log;
  start(how, log.descriptor());
  try {
    wait_until_ready(how, log.descriptor());
  } catch (...) {
    // A free port is free only until somebody else takes it.
    bool const is_taken =
        target_.pid == 0 && complaint(log.descriptor()).find(port_is_taken) != std::string::npos;
    kill();
    if (!is_taken || is_last_attempt) {
      throw;
    }
    return false;
  }
  return true;
}

void server_process::start(server_start const& how, int log) {
  std::vector<std::string> words{how.binary, "-tcp-address=" + to_text(target_.tcp),
                                 "-http-address=" + to_text(target_.http)};
  words.insert(words.end(), how.flags.begin(), how.flags.end());
  std::vector<char*> arguments;
  for (auto& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  std::array<int, 2> failed{};
  if (::pipe2(failed.data(), O_CLOEXEC) != 0) {
    cannot("start " + how.binary, errno);
  }
  target_.pid = ::fork();
  if (target_.pid == 0) {
    become(how, arguments.data(), log, failed[1]);
  }
  ::close(failed[1]);
  int error = target_.pid < 0 ? errno : 0;
  if (target_.pid > 0 && ::read(failed[0], &error, sizeof error) > 0) {
    ::waitpid(std::exchange(target_.pid, 0), nullptr, 0);
  }
  ::close(failed[0]);
  if (error != 0) {
    cannot("start " + how.binary, error);
  }
}

void server_process::wait_until_ready(server_start const& how, int log) {
  constexpr std::chrono::milliseconds pause{5};
  auto const give_up = std::chrono::steady_clock::now() + how.patience;
  while (std::chrono::steady_clock::now() < give_up) {
    int status = 0;
    if (::waitpid(target_.pid, &status, WNOHANG) == target_.pid) {
      target_.pid = 0;
      throw std::runtime_error{how.binary + " ended before it listened, with " + ending(status) +
                               complaint(log)};
    }
    if (accepts(target_.tcp) && accepts(target_.http)) {
      return;
    }
    std::this_thread::sleep_for(pause);
  }
  throw std::runtime_error{how.binary + " does not listen on " + to_text(target_.tcp) + " and " +
                           to_text(target_.http) + " after " + in_seconds(how.patience) + " s"};
}

void server_process::kill() noexcept {
  if (target_.pid > 0) {
    ::kill(target_.pid, SIGKILL);
    ::waitpid(std::exchange(target_.pid, 0), nullptr, 0);
  }
}

}  // namespace bench
