// SPDX-License-Identifier: MIT
#include "server_process.hpp"

#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>

namespace bench {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

// A port that is free now; v1.3.0 at -log-level=error would not say which one it chose itself.
tcp::endpoint free_endpoint() {
  asio::io_context io;
  tcp::acceptor const acceptor{io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
  return acceptor.local_endpoint();
}

std::string text(tcp::endpoint const& endpoint) {
  return endpoint.address().to_string() + ':' + std::to_string(endpoint.port());
}

bool accepts(tcp::endpoint const& endpoint) {
  asio::io_context io;
  tcp::socket socket{io};
  boost::system::error_code error;
  socket.connect(endpoint, error);
  return !error;
}

}  // namespace

server_process::server_process(std::string const& binary, std::vector<std::string> flags,
                               std::map<std::string, std::string> const& environment,
                               std::string const& log) {
  target_.tcp = free_endpoint();
  target_.http = free_endpoint();
  flags.insert(flags.begin(), {binary, "-tcp-address=" + text(target_.tcp),
                               "-http-address=" + text(target_.http)});
  std::vector<char*> arguments;
  for (auto& flag : flags) {
    arguments.push_back(flag.data());
  }
  arguments.push_back(nullptr);
  target_.pid = ::fork();
  if (target_.pid == 0) {
    for (auto const& [name, value] : environment) {
      ::setenv(name.c_str(), value.c_str(), 1);
    }
    auto const file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
    ::dup2(file, STDERR_FILENO);
    ::dup2(file, STDOUT_FILENO);
    ::execvp(binary.c_str(), arguments.data());
    ::_exit(127);
  }
  if (target_.pid < 0) {
    throw std::runtime_error{"cannot start " + binary + ": " + std::strerror(errno)};
  }
  wait_until_ready(binary);
}

void server_process::wait_until_ready(std::string const& binary) {
  constexpr std::chrono::milliseconds pause{10};
  constexpr int attempts = 1000;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    int status = 0;
    if (::waitpid(target_.pid, &status, WNOHANG) == target_.pid) {
      target_.pid = 0;
      throw std::runtime_error{"server " + binary + " ended before it listened, status " +
                               std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : status)};
    }
    if (accepts(target_.tcp) && accepts(target_.http)) {
      return;
    }
    std::this_thread::sleep_for(pause);
  }
  ::kill(target_.pid, SIGKILL);
  ::waitpid(target_.pid, nullptr, 0);
  throw std::runtime_error{"server " + binary + " did not listen within 10 s"};
}

server_process::~server_process() {
  if (target_.pid > 0) {
    ::kill(target_.pid, SIGKILL);
    ::waitpid(target_.pid, nullptr, 0);
  }
}

}  // namespace bench
