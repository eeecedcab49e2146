// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/ascii.hpp>

#include "assign.hpp"
#include "cluster_rules.hpp"
#include "flags.hpp"
#include "settings.hpp"
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string_view>

namespace nsqlookupd::config {
namespace {

/// Where a value came from, the stronger the later.
enum class origin { nowhere, file, environment, flag };

struct sources {
  /// With the values of all sources, once they are taken.
  given_flags& flags;
  environment const& variable;
  /// Where `file` was read from, for the messages; empty for nowhere.
  std::string path;
  config_file file;
};

using lines = std::vector<std::string>;

/// Notes why the value that was `given` is refused, if it is.
void note(std::optional<rejection> const& refused, std::string const& given, lines& faults) {
  if (refused) {
    faults.push_back("failed parsing " + given + " - " + refused->reason +
                     std::string{refused->hint});
  }
}

bool take_variable(setting const& wanted, sources const& from, lines& faults) {
  if (wanted.reach == reach::flag) return false;
  auto const name = variable_name(wanted);
  auto const text = from.variable(name);
  if (!text) return false;
  note(assign(wanted, from.flags.result, *text), "environment variable " + name + '=' + *text,
       faults);
  return true;
}

/// Returns the line of the entry, if there is one.
std::optional<std::size_t> take_entry(setting const& wanted, sources const& from, values& into,
                                      lines& faults) {
  auto const entry = from.file.find(file_key(wanted));
  if (wanted.reach != reach::everywhere || entry == from.file.end()) return std::nullopt;
  auto const& [key, value] = *entry;
  note(assign(wanted, into, value),
       key + ' ' + value.text + " in config file " + from.path + ", line " +
           std::to_string(value.line),
       faults);
  return value.line;
}

/// Where a value was taken from, and how used_setting says it.
struct taken {
  origin where = origin::nowhere;
  std::string source = "default";
};

/// Sets one setting, where the flags' values are already, from its strongest source. The weaker
/// ones are not looked at, as in v1.3.0.
taken take(setting const& wanted, sources const& from, lines& faults) {
  if (from.flags.names.contains(wanted.name)) return {origin::flag, "flag"};
  if (take_variable(wanted, from, faults)) return {origin::environment, variable_name(wanted)};
  if (auto const line = take_entry(wanted, from, from.flags.result, faults)) {
    return {origin::file, from.path + ':' + std::to_string(*line)};
  }
  return {};
}

/// A line for each key that is none, with the one that was probably meant: `tcp-address`.
void note_unknown_keys(sources const& from, lines& warnings) {
  for (auto const& [key, value] : from.file) {
    auto meant = text::lower_case(key);
    std::ranges::replace(meant, '_', '-');
    auto const* const known = find_setting(meant);
    bool const exists = known != nullptr && known->reach == reach::everywhere;
    if (exists && file_key(*known) == key) continue;
    warnings.push_back("config file " + from.path + ", line " + std::to_string(value.line) +
                       ": unknown key '" + key + "' is ignored" +
                       (exists ? ", did you mean " + file_key(*known) + '?' : ""));
  }
}

// Kubernetes and Docker tell each container of the others: NSQLOOKUPD_SERVICE_HOST of a service
// that is called nsqlookupd, NSQLOOKUPD_PORT_4160_TCP.
bool is_of_orchestrator(std::string_view variable) {
  return variable.find("_SERVICE_") != variable.npos || variable.find("_PORT") != variable.npos;
}

void note_unknown_variables(lines const& names, lines& warnings) {
  for (auto const& name : names) {
    if (is_of_orchestrator(name)) continue;
    auto const is_of = [&](setting const& each) {
      return each.reach != reach::flag && variable_name(each) == name;
    };
    if (std::ranges::none_of(settings(), is_of)) {
      warnings.push_back("environment variable " + name + " is no setting and is ignored");
    }
  }
}

}  // namespace

check_settings resolve(given_flags flags, environment const& variable, lines const& variables) {
  sources from{flags, variable, {}, {}};
  auto& settled = flags.result;
  check_settings found{};
  take(*find_setting("config"), from, found.faults);
  from.path = settled.config;
  if (!from.path.empty()) {
    try {
      from.file = load_config_file(from.path);
    } catch (std::runtime_error const& error) {
      found.faults.emplace_back(error.what());
    }
  }

  // A log level in the file is the one value that is checked even when it is overridden.
  values scratch;
  lines overridden;
  take_entry(*find_setting("log-level"), from, scratch, overridden);

  std::map<std::string_view, taken> origins;
  for (auto const& wanted : settings()) origins[wanted.name] = take(wanted, from, found.faults);
  if (origins["log-level"].where > origin::file)
    std::ranges::move(overridden, std::back_inserter(found.faults));
  if (settled.debug && origins["debug"].where >= origins["log-level"].where) {
    settled.log_level = log::level::debug;
  }
  if (settled.broadcast_address.empty()) settled.broadcast_address = host_name();
  for (auto const& each : settings()) {
    if (each.reach == reach::flag) continue;
    auto value = value_text(each, settled);
    if (value.empty()) value = is_switch(each) ? "false" : "\"\"";
    found.used.push_back({std::string{each.name}, std::move(value), origins[each.name].source});
  }
  note_cluster_faults(settled, found.faults);
  note_idle_cluster_settings(settled, found.warnings);
  note_unknown_keys(from, found.warnings);
  note_unknown_variables(variables, found.warnings);
  found.settings = std::move(settled);
  found.strict = flags.own.contains("strict");
  return found;
}

std::string host_name() {
  std::array<char, 256> name{};
  // One byte is kept back: a name that fills the buffer comes without its terminator.
  if (::gethostname(name.data(), name.size() - 1) != 0 || name.front() == '\0') {
    return "localhost";
  }
  return name.data();
}

}  // namespace nsqlookupd::config
