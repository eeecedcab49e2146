// SPDX-License-Identifier: MIT
#include "commands.hpp"

#include <nsqlookupd/auth/token_list.hpp>
#include <nsqlookupd/config/address.hpp>
#include <nsqlookupd/daemon/check_files.hpp>
#include <nsqlookupd/daemon/handover.hpp>
#include <nsqlookupd/log/format_line.hpp>
#include <nsqlookupd/log/setup.hpp>

#include "process_state.hpp"
#include <boost/asio/ip/tcp.hpp>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <vector>

namespace nsqlookupd {
namespace {

using boost::asio::ip::tcp;

int complain(std::string const& problem) {
  std::fprintf(stderr, "%s\n", problem.c_str());
  return EXIT_FAILURE;
}

// By number: a container may have no /etc/hosts that says what localhost is.
void connect_to_loopback(tcp::iostream& server, std::uint16_t port) {
  server.connect(tcp::endpoint{boost::asio::ip::address_v4::loopback(), port});
  if (server.error()) {
    server.clear();
    server.connect(tcp::endpoint{boost::asio::ip::address_v6::loopback(), port});
  }
}

void connect(tcp::iostream& server, config::address const& to) {
  if (to.host.empty() || to.host == "0.0.0.0" || to.host == "::") {
    connect_to_loopback(server, to.port);
  } else {
    server.connect(to.host, std::to_string(to.port));
  }
}

/// Where standard input is a terminal: prompts there, and shows nothing of what is typed.
class silent_terminal {
 public:
  explicit silent_terminal(char const* prompt) {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    is_terminal_ = true;
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    std::cerr << prompt << std::flush;
  }
  silent_terminal(silent_terminal const&) = delete;
  silent_terminal& operator=(silent_terminal const&) = delete;
  ~silent_terminal() {
    if (is_terminal_) {
      ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
      std::cerr << '\n' << std::flush;
    }
  }

 private:
  bool is_terminal_ = false;
  termios before_{};
};

}  // namespace

int run(config::print_and_exit const& command) {
  using stream = config::print_and_exit::stream;
  std::fputs(command.text.c_str(), command.to == stream::out ? stdout : stderr);
  return command.exit_code;
}

int run(config::check_settings const& command) {
  std::size_t name_width = 0;
  std::size_t value_width = 0;
  for (auto const& each : command.used) {
    name_width = std::max(name_width, each.name.size());
    value_width = std::max(value_width, each.value.size());
  }
  for (auto const& each : command.used) {
    std::cout << std::left << std::setw(static_cast<int>(name_width)) << each.name << "  "
              << std::setw(static_cast<int>(value_width)) << each.value << "  " << each.source
              << '\n';
  }
  auto const files = check_files(command.settings);
  for (auto const& line : files.found) std::cout << line << '\n';
  std::cout << std::flush;
  bool is_good = true;
  auto const tell = [&](std::vector<std::string> const& lines, bool are_faults) {
    for (auto const& line : lines) {
      std::cerr << (are_faults ? "fault: " : "warning: ") << line << '\n';
      is_good = is_good && !are_faults;
    }
  };
  tell(command.faults, true);
  tell(files.faults, true);
  tell(command.warnings, command.strict);
  tell(files.warnings, command.strict);
  if (int const state = inherited_handover(); state >= 0) {
    tell(check_handover(command.settings, state), true);
    std::cout << (is_good ? std::string{ready_to_take_over} + '\n' : "") << std::flush;
  }
  return is_good && std::cout ? EXIT_SUCCESS : EXIT_FAILURE;
}

int run(config::check_health const& command) {
  auto const complain_of = [&](std::string const& reason) {
    return complain("healthcheck of http://" + command.http_address + command.path + " failed - " +
                    reason);
  };
  auto const address = config::parse_address(command.http_address);
  if (!address) {
    return complain_of(address.error().reason);
  }
  constexpr std::chrono::seconds patience{2};
  tcp::iostream server;
  server.expires_after(patience);
  connect(server, *address);
  server << "GET " << command.path << " HTTP/1.0\r\n\r\n" << std::flush;
  std::string status;
  if (!std::getline(server, status)) {
    return complain_of(server.error() ? server.error().message() : "no answer");
  }
  if (status.ends_with('\r')) {
    status.pop_back();
  }
  return status == "HTTP/1.0 200 OK" ? EXIT_SUCCESS : complain_of("it answers " + status);
}

int run(config::make_token_line const& command) {
  std::string token;
  {
    silent_terminal const prompt{"token: "};
    std::getline(std::cin, token);
  }
  if (token.ends_with('\r')) {
    token.pop_back();
  }
  try {
    std::cout << auth::make_line(command.name, command.right, token) << '\n' << std::flush;
  } catch (std::runtime_error const& error) {
    return complain(std::string{"hash-token: "} + error.what());
  }
  return std::cout ? EXIT_SUCCESS : complain("hash-token cannot write the line");
}

int run(config::fatal_error const& error) {
  return fail(log::line_format::text, log::settings{}.prefix, error.message);
}

int fail(log::line_format format, std::string const& prefix, std::string const& message) {
  auto const line = log::format_line(format, prefix, log::level::fatal, message);
  std::fputs(line.c_str(), stderr);
  return EXIT_FAILURE;
}

}  // namespace nsqlookupd
