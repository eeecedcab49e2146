// SPDX-License-Identifier: MIT
#include "server_process.hpp"

#include "eventually.hpp"
#include "listening_port.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace nsqlookupd::e2e {
namespace {

using test_support::child_process;
using test_support::launch;

constexpr char const* tcp_host = "127.0.0.1";

// A server has a second to stop in. One that waits for its clients' deadlines takes ten or more.
constexpr std::chrono::seconds stop_limit{8};

std::string http_host_of(server_start const& how) {
  return how.says_where ? tcp_host : "127.0.0.2";
}

launch launch_of(server_start const& how) {
  auto command = how.launcher;
  command.push_back(how.program.empty() ? NSQLOOKUPD_BINARY : how.program);
  if (how.has_address_flags) {
    command.push_back("-tcp-address=" + std::string{tcp_host} + ":0");
    command.push_back("-http-address=" + http_host_of(how) + ":0");
  }
  command.insert(command.end(), how.flags.begin(), how.flags.end());
  launch result{.program = command.front()};
  result.arguments.assign(command.begin() + 1, command.end());
  result.variables = how.variables;
  result.error = how.error;
  result.passed = how.passed;
  result.descriptor_limit = how.descriptor_limit;
  result.prepare = how.prepare;
  return result;
}

// The number behind the last colon.
std::uint16_t port_in(std::string const& line) {
  return static_cast<std::uint16_t>(std::stoul(line.substr(line.rfind(':') + 1)));
}

}  // namespace

test_support::ended_process run_server(std::vector<std::string> arguments,
                                       std::vector<std::string> variables) {
  return test_support::run_to_end({.program = NSQLOOKUPD_BINARY,
                                   .arguments = std::move(arguments),
                                   .variables = std::move(variables)});
}

server_process::server_process(server_start how)
    : prefix_{how.prefix}, http_host_{http_host_of(how)}, process_{launch_of(how)} {
  if (how.says_where) {
    read_ports();
  } else {
    look_ports_up();
  }
}

test_support::lookup_client server_process::producer(
    std::string_view broadcast_address, std::vector<std::string> const& registrations) const {
  auto client = lookup_client();
  client.identify(broadcast_address);
  for (auto const& each : registrations) {
    if (auto const reply = client.command("REGISTER " + each); reply != "OK") {
      throw std::runtime_error{"REGISTER " + each + " is answered " + reply};
    }
  }
  return client;
}

double server_process::metric(std::string_view sample) const {
  auto const text = '\n' + http_client().get("/metrics").body;
  auto const label = '\n' + std::string{sample} + ' ';
  auto const found = text.find(label);
  return found == std::string::npos ? -1 : std::stod(text.substr(found + label.size()));
}

void server_process::read_ports() {
  while (tcp_port_ == 0 || http_port_ == 0) {
    first_lines_.push_back(next_line());
    auto const& line = first_lines_.back();
    if (line.find("TCP: listening on ") != std::string::npos) {
      tcp_port_ = port_in(line);
    } else if (line.find("HTTP: listening on ") != std::string::npos) {
      http_port_ = port_in(line);
    }
  }
}

void server_process::look_ports_up() {
  auto const found = test_support::eventually([&] {
    tcp_port_ = listening_port(process_.id(), tcp_host).value_or(0);
    http_port_ = listening_port(process_.id(), http_host_).value_or(0);
    return tcp_port_ != 0 && http_port_ != 0;
  });
  if (!found) {
    throw std::runtime_error{"the server does not listen"};
  }
}

std::string server_process::next_line() {
  auto const line = process_.next_error_line();
  if (!line) {
    throw std::runtime_error{"the log ended; the server's exit status is " +
                             std::to_string(process_.wait())};
  }
  return without_duration(without_stamp(*line, prefix_));
}

std::vector<std::string> server_process::lines_through(std::string_view part) {
  std::vector<std::string> found;
  while (found.empty() || found.back().find(part) == std::string::npos) {
    found.push_back(next_line());
  }
  return found;
}

int server_process::stop(int signal) {
  process_.send(signal);
  return wait_for_stop();
}

int server_process::wait_for_stop() {
  return process_.wait(stop_limit);
}

std::vector<std::string> server_process::last_lines() {
  std::vector<std::string> found;
  while (auto const line = process_.next_error_line()) {
    found.push_back(without_duration(without_stamp(*line, prefix_)));
  }
  return found;
}

}  // namespace nsqlookupd::e2e
