// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/command_line.hpp>
#include <nsqlookupd/config/version.hpp>
#include <nsqlookupd/text/utf8.hpp>

#include "flags.hpp"
#include "settings.hpp"
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <map>
#include <span>
#include <utility>

namespace nsqlookupd::config {
namespace {

using arguments = std::span<char const* const>;

/// The input of a command.
struct asked {
  config::arguments arguments;
  environment const& variable;
  std::vector<std::string> const& variables;
};

/// The settings and the words, which stand before and behind the flags.
struct given {
  check_settings found;
  std::vector<std::string> words;
  /// See given_flags.
  std::map<std::string, std::string, std::less<>> own;
};

struct command {
  std::string_view name;
  std::string_view synopsis;
  std::string_view meaning;
  /// More for its `-h`.
  std::string_view details;
  action (*parse)(command const& self, asked with);
  /// For a command with flags: its own part, how many words it takes, and its flags that are no
  /// settings.
  action (*finish)(given with) = nullptr;
  std::size_t most_words = 0;
  std::span<own_flag const> own = {};
};

std::string typed(command const& of) {
  return of.name.empty() ? "nsqlookupd" : "nsqlookupd " + std::string{of.name};
}

std::string help_of(command const& of);

print_and_exit print(std::string text) {
  return {std::move(text), print_and_exit::stream::out, 0};
}

print_and_exit refuse_rest(command const& of, arguments rest) {
  return misuse(typed(of), "unexpected argument " + text::quote(rest.front()));
}

void take_words(command const& of, arguments& from, std::vector<std::string>& words) {
  while (words.size() < of.most_words && !from.empty() && *from.front() != '-') {
    words.emplace_back(from.front());
    from = from.subspan(1);
  }
}

action parse_with_flags(command const& self, asked with) {
  given result;
  take_words(self, with.arguments, result.words);
  auto parsed = parse_flags(typed(self), self.own, with.arguments);
  if (auto* const instead = std::get_if<print_and_exit>(&parsed)) return std::move(*instead);
  auto& flags = std::get<given_flags>(parsed);
  if (flags.wants_help) return print(help_of(self));
  if (self.name.empty() && flags.result.version) return print(version_line() + '\n');
  take_words(self, flags.rest, result.words);
  if (!flags.rest.empty()) return refuse_rest(self, flags.rest);
  result.own = flags.own;
  result.found = resolve(std::move(flags), with.variable, with.variables);
  return self.finish(std::move(result));
}

action finish_server(given with) {
  auto& [settings, used, faults, warnings, strict] = with.found;
  if (!faults.empty()) return fatal_error{std::move(faults.front())};
  return run_server{std::move(settings), std::move(warnings)};
}

action finish_check(given with) {
  return std::move(with.found);
}

action finish_health_check(given with) {
  if (!with.found.faults.empty()) return fatal_error{with.found.faults.front()};
  auto path = with.words.empty() ? "ping" : with.words.front();
  if (!path.starts_with('/')) path.insert(0, "/");
  return check_health{with.found.settings.http_address, path};
}

action finish_watch(given with) {
  if (with.words.empty()) return misuse("nsqlookupd watch", "watch needs a topic");
  if (!with.found.faults.empty()) return fatal_error{with.found.faults.front()};
  return watch_topics{with.found.settings.http_address, std::move(with.words), with.own["exec"],
                      with.own["token-file"]};
}

action parse_hash_token(command const& self, asked with) {
  if (with.arguments.size() != 2) {
    return misuse(typed(self), "hash-token needs a name and a right");
  }
  return make_token_line{with.arguments[0], with.arguments[1]};
}

action parse_version(command const& self, asked with) {
  return with.arguments.empty() ? print(version_line() + '\n') : refuse_rest(self, with.arguments);
}

action parse_help(command const& self, asked with);

constexpr command serve{"", "[flags]", "serve", "", parse_with_flags, finish_server};

constexpr auto unlimited = std::numeric_limits<std::size_t>::max();
constexpr std::array check_flags{own_flag{"strict", false}};
constexpr std::array watch_flags{own_flag{"exec", true}, own_flag{"token-file", true}};

constexpr std::array commands{
    command{
        "check", "[-strict] [flags]", "check the settings, and say what a server would use",
        "Reads flags, environment and config file as a server does, and the certificates and\n"
        "tokens that they name. Prints each setting with its source, and each fault on a line.\n"
        "Exits with 0 when there is no fault, else with 1. With -strict, a key of the config\n"
        "file or an NSQLOOKUPD_ variable that is no setting is a fault; else it is warned of.\n",
        parse_with_flags, finish_check, 0, check_flags},
    command{"hash-token", "<name> <read|write>", "make a line for the file of -http-auth-file",
            "Reads a token, a line, from standard input; prints the line for the file.\n"
            "`openssl rand -hex 32` makes a token.\n",
            parse_hash_token},
    command{"healthcheck", "[path] [flags]", "ask a running server for /ping, or for a path",
            "Requests the path (readyz, for example) from the server that the same flags,\n"
            "environment and config file describe. Exits with 0 on status 200, else with 1.\n",
            parse_with_flags, finish_health_check, 1},
    command{"help", "[command]", "print this, or the help of a command", "", parse_help},
    command{"version", "", "print the version", "", parse_version},
    command{"watch", "<topic>... [flags]", "print each producer that comes or goes",
            "Follows the topics at the server that the same flags, environment and config file\n"
            "describe, by plain HTTP; '*' is all topics. Prints a line for each change:\n"
            "  TIME TOPIC =HOST:PORT    a producer that is there at the start\n"
            "  TIME TOPIC +HOST:PORT    one that has come\n"
            "  TIME TOPIC -HOST:PORT    one that has gone\n"
            "  TIME TOPIC empty         the topic has no producer\n"
            "  TIME TOPIC not_found     there is no such topic\n"
            "The port is that of TCP. A lost connection is made again; standard error tells.\n"
            "Ends with 0 on SIGINT, SIGTERM and SIGHUP, and with 1 when the server refuses.\n"
            "  -exec CMD\n"
            "    \trun CMD by /bin/sh at the start and after each change, with NSQ_TOPIC,\n"
            "    \tNSQ_EVENT (lookup or not_found) and NSQ_PRODUCERS (HOST:PORT, separated by\n"
            "    \tspaces). One runs at a time; then the next has the latest state.\n"
            "  -token-file FILE\n"
            "    \ta file with the token to show, a line\n",
            parse_with_flags, finish_watch, unlimited, watch_flags},
};

command const* find_command(std::string_view name) {
  auto const* const found = std::ranges::find(commands, name, &command::name);
  return found == commands.end() ? nullptr : found;
}

std::string help_of(command const& of) {
  auto text = "Usage of " + typed(of) + ":\n  " + typed(of) + ' ' + std::string{of.synopsis} + '\n';
  if (!of.name.empty()) {
    return text.append("\n").append(of.details.empty() ? of.meaning : of.details) +
           (of.synopsis.ends_with("[flags]") ? "Flags are the server's, see nsqlookupd -h.\n" : "");
  }
  constexpr std::size_t column = 44;
  for (auto const& each : commands) {
    auto line = "  nsqlookupd " + std::string{each.name} + ' ' + std::string{each.synopsis};
    line.resize(std::max(line.size() + 1, column), ' ');
    text.append(line).append(each.meaning).append("\n");
  }
  return text + describe_flags();
}

print_and_exit unknown_command(std::string_view name) {
  std::string known;
  for (auto const& each : commands) {
    known.append(known.empty() ? "" : ", ").append(each.name);
  }
  return misuse("nsqlookupd", "unknown command " + text::quote(name) + "; there are " + known);
}

action parse_help(command const& self, asked with) {
  if (with.arguments.empty()) return print(help_of(serve));
  std::string_view const wanted = with.arguments.front();
  auto const* const known = find_command(wanted);
  if (known == nullptr) return unknown_command(wanted);
  if (with.arguments.size() > 1) return refuse_rest(self, with.arguments.subspan(1));
  return print(help_of(*known));
}

bool is_help(std::string_view argument) {
  return argument == "-h" || argument == "--h" || argument == "-help" || argument == "--help";
}

}  // namespace

std::optional<std::string> process_environment(std::string const& name) {
  auto const* const value = std::getenv(name.c_str());
  // Compose files and manifests pass a variable that is not set on as an empty one.
  return value && *value != '\0' ? std::optional<std::string>{value} : std::nullopt;
}

std::vector<std::string> process_variables() {
  std::vector<std::string> names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view const text = *entry;
    auto const equals = text.find('=');
    if (text.starts_with(variable_prefix) && equals + 1 < text.size()) {
      names.emplace_back(text.substr(0, equals));
    }
  }
  return names;
}

action parse(int argc, char const* const* argv, environment const& variable,
             std::vector<std::string> const& variables) {
  std::span arguments{argv, static_cast<std::size_t>(argc)};
  if (!arguments.empty()) {
    arguments = arguments.subspan(1);
  }
  std::string_view const first = arguments.empty() ? "" : arguments.front();
  if (arguments.empty() || first.starts_with('-')) {
    return serve.parse(serve, {arguments, variable, variables});
  }
  if (auto const* const known = find_command(first)) {
    arguments = arguments.subspan(1);
    if (!arguments.empty() && is_help(arguments.front())) return print(help_of(*known));
    return known->parse(*known, {arguments, variable, variables});
  }
  return unknown_command(first);
}

}  // namespace nsqlookupd::config
