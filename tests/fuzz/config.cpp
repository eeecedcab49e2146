// SPDX-License-Identifier: MIT
//
// Flags, environment and config file. Input: flags, one a line; `---`; `NAME=value` lines; `---`;
// the config file.
#include <nsqlookupd/config/address.hpp>
#include <nsqlookupd/config/command_line.hpp>
#include <nsqlookupd/text/duration.hpp>

#include "memory_file.hpp"
#include "target.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

using namespace nsqlookupd;
using namespace nsqlookupd::fuzz;

constexpr std::string_view separator = "---\n";

std::string_view take_part(std::string_view& input) {
  auto const end = input.find(separator);
  auto const part = input.substr(0, end);
  input.remove_prefix(end == input.npos ? input.size() : end + separator.size());
  return part;
}

std::vector<std::string> lines_of(std::string_view part) {
  std::vector<std::string> lines;
  while (!part.empty()) {
    auto const line = part.substr(0, part.find('\n'));
    part.remove_prefix(std::min(line.size() + 1, part.size()));
    lines.emplace_back(line.substr(0, line.find('\0')));
  }
  return lines;
}

// No other file than the input's own: some of this machine's never end.
bool names_a_file(std::string_view line) {
  return line.find("config") != line.npos || line.find("CONFIG") != line.npos;
}

struct command_line {
  std::vector<std::string> arguments;
  std::map<std::string, std::string> variables;
};

command_line take_command_line(std::string_view& input, std::string const& file) {
  command_line taken{{"nsqlookupd", "-config=" + file}, {}};
  for (auto const& line : lines_of(take_part(input))) {
    if (line == "healthcheck" || line == "watch") {
      taken.arguments.insert(taken.arguments.begin() + 1, line);
    } else if (!names_a_file(line)) {
      taken.arguments.push_back(line);
    }
  }
  for (auto const& line : lines_of(take_part(input))) {
    if (!names_a_file(line)) {
      auto const equals = std::min(line.find('='), line.size());
      taken.variables[line.substr(0, equals)] = line.substr(std::min(equals + 1, line.size()));
    }
  }
  return taken;
}

config::action parse(command_line const& given) {
  std::vector<char const*> arguments;
  for (auto const& argument : given.arguments) {
    arguments.push_back(argument.c_str());
  }
  return config::parse(static_cast<int>(arguments.size()), arguments.data(),
                       [&](std::string const& name) -> std::optional<std::string> {
                         auto const found = given.variables.find(name);
                         return found == given.variables.end() ? std::nullopt
                                                               : std::optional{found->second};
                       });
}

void require_good(config::options const& settings) {
  using std::chrono::nanoseconds;
  require(settings.threads >= 1 && settings.threads <= 256, "threads are in bounds");
  require(settings.max_line_size >= 1 && settings.max_body_size >= 1, "sizes are not 0");
  require(settings.max_input_memory >= 1, "memory is not 0");
  require(!settings.broadcast_address.empty(), "we have an address");
  require(settings.log_level <= log::level::fatal, "the level is one");
  for (auto const time :
       {settings.handshake_timeout, settings.write_timeout, settings.producer_idle_timeout,
        settings.http_header_timeout, settings.http_body_timeout, settings.http_idle_timeout}) {
    require(time >= nanoseconds::zero(), "no timeout is negative");
  }
  require(!settings.cluster_name.empty(), "the cluster has a name");
  require(settings.cluster_node_id.find('/') == std::string::npos, "a node id has no slash");
  require(settings.cluster_lease_ttl % std::chrono::seconds{1} == nanoseconds::zero(),
          "a lease has whole seconds");
  for (auto const& endpoint : settings.cluster_etcd_endpoints) {
    require(endpoint.find("://") != std::string::npos, "an endpoint is a URL", endpoint);
  }
}

// The log escapes control bytes.
void require_text(std::string_view message) {
  require(!message.empty(), "it says something", message);
}

struct check {
  void operator()(config::run_server const& run) const {
    require_good(run.settings);
    std::ranges::for_each(run.warnings, require_text);
  }
  void operator()(config::check_settings const& checked) const {
    std::ranges::for_each(checked.faults, require_text);
    std::ranges::for_each(checked.warnings, require_text);
  }
  void operator()(config::check_health const&) const {}
  void operator()(config::watch_topics const& watch) const {
    require(!watch.topics.empty(), "there is a topic");
  }
  void operator()(config::make_token_line const&) const {}
  void operator()(config::print_and_exit const& print) const {
    require(print.text.ends_with('\n'), "printed text ends with a newline", print.text);
    require(print.exit_code == 0 || print.exit_code == 2, "the exit code is 0 or 2");
    require(print.exit_code == 0 || print.text.find("\nsee nsqlookupd") != std::string::npos,
            "misuse names the help", print.text);
  }
  void operator()(config::fatal_error const& error) const { require_text(error.message); }
};

void require_round_trip(std::string_view text) {
  if (auto const duration = text::parse_duration(text)) {
    auto const again = text::parse_duration(text::format_duration(*duration));
    require(again && *again == *duration, "a duration reads as it is written", text);
  }
  if (auto const address = config::parse_address(text)) {
    auto const shown = '[' + address->host + "]:" + std::to_string(address->port);
    auto const again = config::parse_address(shown);
    require(!again || *again == *address, "an address reads as it is written", text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static memory_file file;
  auto rest = as_text(data, size);
  auto const given = take_command_line(rest, file.path());
  file.write(rest);
  std::visit(check{}, parse(given));
  for (auto const& argument : given.arguments) {
    require_round_trip(argument);
    require_round_trip(argument.substr(std::min(argument.find('=') + 1, argument.size())));
  }
  return 0;
}
