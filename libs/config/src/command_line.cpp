// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/command_line.hpp>
#include <nsqlookupd/config/version.hpp>

#include "config_file.hpp"
#include "flags.hpp"
#include "resolve.hpp"
#include "settings.hpp"
#include "text.hpp"

#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::config {
namespace {

/// The config file to read; empty for none.
std::string config_path(given_flags const& flags, environment const& variable) {
  auto const& config = *find_setting("config");
  if (flags.names.contains(config.name)) return flags.result.config;
  return variable(variable_name(config)).value_or("");
}

outcome parse_server(std::span<char const* const> arguments, environment const& variable) {
  auto parsed = parse_flags(arguments);
  if (auto* const print = std::get_if<print_and_exit>(&parsed)) return std::move(*print);
  auto const& flags = std::get<given_flags>(parsed);
  if (flags.result.version) {
    return print_and_exit{version_line() + '\n', print_and_exit::stream::out, 0};
  }

  auto const path = config_path(flags, variable);
  auto const file = path.empty() ? config_file{} : load_config_file(path);
  if (!file) {
    return fatal_error{
        on_one_line("failed to load config file " + path + " - " + file.error().reason)};
  }
  return resolve({flags, variable, *file, path});
}

outcome parse_health_check(std::span<char const* const> arguments, environment const& variable) {
  std::string path = "/ping";
  if (!arguments.empty() && std::string_view{arguments.front()}.starts_with('/')) {
    path = arguments.front();
    arguments = arguments.subspan(1);
  }
  auto as_server = parse_server(arguments, variable);
  if (auto const* const server = std::get_if<run_server>(&as_server)) {
    return check_health{server->settings.http_address, std::move(path)};
  }
  return as_server;
}

outcome parse_hash_token(std::span<char const* const> arguments) {
  if (arguments.size() != 2) {
    return print_and_exit{"usage: nsqlookupd hash-token <name> <read|write> <TOKEN_FILE\n",
                          print_and_exit::stream::error, 2};
  }
  return make_token_line{arguments[0], arguments[1]};
}

}  // namespace

std::optional<std::string> process_environment(std::string const& name) {
  auto const* const value = std::getenv(name.c_str());
  return value ? std::optional<std::string>{value} : std::nullopt;
}

outcome parse(int argc, char const* const* argv, environment const& variable) {
  std::span arguments{argv, static_cast<std::size_t>(argc)};
  if (!arguments.empty()) {
    arguments = arguments.subspan(1);
  }
  if (!arguments.empty() && std::string_view{arguments.front()} == "healthcheck") {
    return parse_health_check(arguments.subspan(1), variable);
  }
  if (!arguments.empty() && std::string_view{arguments.front()} == "hash-token") {
    return parse_hash_token(arguments.subspan(1));
  }
  return parse_server(arguments, variable);
}

}  // namespace nsqlookupd::config
