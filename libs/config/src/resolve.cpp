// SPDX-License-Identifier: MIT
#include "resolve.hpp"

#include "settings.hpp"
#include "text.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace nsqlookupd::config {
namespace {

/// Where a value came from, the stronger the later.
enum class origin { nowhere, file, environment, flag };

fatal_error bad_variable(setting const& about, std::string const& text, rejection const& refused) {
  return {on_one_line("failed parsing environment variable " + variable_name(about) + '=' + text +
                      " - " + refused.reason)};
}

fatal_error bad_entry(setting const& about, file_value const& entry, std::string const& path,
                      rejection const& refused) {
  return {on_one_line("failed parsing " + file_key(about) + ' ' + entry.text + " in config file " +
                      path + ", line " + std::to_string(entry.line) + " - " + refused.reason)};
}

std::optional<std::string> variable_of(setting const& wanted, sources const& from) {
  if (wanted.reach == reach::flag) return std::nullopt;
  return from.variable(variable_name(wanted));
}

file_value const* entry_of(setting const& wanted, sources const& from) {
  if (wanted.reach != reach::everywhere) return nullptr;
  auto const found = from.file.find(file_key(wanted));
  return found == from.file.end() ? nullptr : &found->second;
}

/// Sets one setting in `into`, which has the flags' values already, from its strongest source. What
/// that overrides is not looked at, as in v1.3.0.
std::variant<origin, fatal_error> take(setting const& wanted, sources const& from, values& into) {
  if (from.flags.names.contains(wanted.name)) return origin::flag;
  if (auto const text = variable_of(wanted, from)) {
    auto const refused = assign(wanted.field, into, *text);
    if (refused) return bad_variable(wanted, *text, *refused);
    return origin::environment;
  }
  if (auto const* const entry = entry_of(wanted, from)) {
    auto const refused = assign(wanted.field, into, *entry);
    if (refused) return bad_entry(wanted, *entry, from.path, *refused);
    return origin::file;
  }
  return origin::nowhere;
}

/// A log level in the file is the one value that is checked even when it is overridden.
std::optional<fatal_error> check_level_in_file(sources const& from) {
  auto const& level = *find_setting("log-level");
  auto const* const entry = entry_of(level, from);
  if (!entry) return std::nullopt;
  values scratch;
  auto const refused = assign(level.field, scratch, *entry);
  if (!refused) return std::nullopt;
  return bad_entry(level, *entry, from.path, *refused);
}

/// The key that was probably meant, if `unknown` is one in another spelling: `tcp-address`.
std::string suggestion(std::string_view unknown) {
  auto meant = lower_case(unknown);
  std::ranges::replace(meant, '_', '-');
  auto const* const known = find_setting(meant);
  if (!known || known->reach != reach::everywhere) return {};
  return ", did you mean " + file_key(*known) + '?';
}

std::vector<std::string> unknown_keys(sources const& from) {
  config_file unknown = from.file;
  for (auto const& known : settings()) {
    if (known.reach == reach::everywhere) unknown.erase(file_key(known));
  }
  std::vector<std::string> lines;
  for (auto const& [key, value] : unknown) {
    lines.push_back(on_one_line("config file " + from.path + ", line " +
                                std::to_string(value.line) + ": unknown key '" + key +
                                "' is ignored" + suggestion(key)));
  }
  return lines;
}

}  // namespace

outcome resolve(sources const& from) {
  if (auto bad_level = check_level_in_file(from)) return *std::move(bad_level);
  values resolved = from.flags.result;
  std::map<std::string_view, origin> origins;
  for (auto const& wanted : settings()) {
    auto taken = take(wanted, from, resolved);
    if (auto* const failure = std::get_if<fatal_error>(&taken)) return std::move(*failure);
    origins[wanted.name] = std::get<origin>(taken);
  }
  if (resolved.debug && origins["debug"] >= origins["log-level"]) {
    resolved.log_level = log::level::debug;
  }
  if (resolved.broadcast_address.empty()) resolved.broadcast_address = host_name();
  return run_server{std::move(resolved), unknown_keys(from)};
}

}  // namespace nsqlookupd::config
