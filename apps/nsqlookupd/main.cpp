// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/command_line.hpp>
#include <nsqlookupd/daemon/daemon.hpp>
#include <nsqlookupd/daemon/hash_token.hpp>
#include <nsqlookupd/daemon/health_check.hpp>
#include <nsqlookupd/daemon/standard_descriptors.hpp>
#include <nsqlookupd/daemon/supervision.hpp>
#include <nsqlookupd/log/format_line.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/log/setup.hpp>

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <variant>

namespace {

namespace config = nsqlookupd::config;
namespace log = nsqlookupd::log;

int print(config::print_and_exit const& what) {
  using stream = config::print_and_exit::stream;
  std::fputs(what.text.c_str(), what.to == stream::out ? stdout : stderr);
  return what.exit_code;
}

int fail(log::line_format format, std::string const& prefix, std::string const& message) {
  auto const line = log::format_line(format, prefix, log::level::fatal, message);
  std::fputs(line.c_str(), stderr);
  return EXIT_FAILURE;
}

int report(std::string const& problem) {
  if (problem.empty()) {
    return EXIT_SUCCESS;
  }
  std::fprintf(stderr, "%s\n", problem.c_str());
  return EXIT_FAILURE;
}

int serve(config::run_server const& what) {
  log::settings how;
  how.format = what.settings.log_format;
  how.prefix = what.settings.log_prefix;
  how.threshold = what.settings.log_level;
  log::start(std::move(how));
  for (auto const& warning : what.warnings) {
    log::line(log::level::warning, warning);
  }
  try {
    auto const given = nsqlookupd::read_supervision(config::process_environment, ::getpid());
    nsqlookupd::daemon server{what.settings, given};
    server.run();
  } catch (std::exception const& error) {
    log::stop();
    return fail(what.settings.log_format, what.settings.log_prefix,
                std::string{"failed to instantiate nsqlookupd - "} + error.what());
  }
  log::stop();
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  nsqlookupd::occupy_standard_descriptors();
  std::signal(SIGPIPE, SIG_IGN);
  auto const what = config::parse(argc, argv, config::process_environment);
  if (auto const* const text = std::get_if<config::print_and_exit>(&what)) {
    return print(*text);
  }
  if (auto const* const health = std::get_if<config::check_health>(&what)) {
    return report(nsqlookupd::check_health(health->http_address, health->path));
  }
  if (auto const* const token = std::get_if<config::make_token_line>(&what)) {
    return report(nsqlookupd::hash_token(token->name, token->right, std::cin, std::cout));
  }
  if (auto const* const error = std::get_if<config::fatal_error>(&what)) {
    return fail(log::line_format::text, log::settings{}.prefix, error->message);
  }
  return serve(std::get<config::run_server>(what));
}
