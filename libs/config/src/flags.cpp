// SPDX-License-Identifier: MIT
#include "flags.hpp"

#include "settings.hpp"
#include "text.hpp"
#include "usage.hpp"

#include <optional>

namespace nsqlookupd::config {
namespace {

print_and_exit help() {
  return {usage(), print_and_exit::stream::error, 0};
}

print_and_exit misuse(std::string const& line) {
  return {line + '\n' + usage(), print_and_exit::stream::error, 2};
}

/// One argument, taken apart: `--name=value`.
struct flag_text {
  std::string name;
  std::optional<std::string> value;
};

/// True for what ends the flags: a word, a lone dash, or `--`.
bool ends_flags(std::string_view argument) {
  return argument.size() < 2 || argument.front() != '-' || argument == "--";
}

std::optional<flag_text> take_apart(std::string_view argument) {
  argument.remove_prefix(argument.starts_with("--") ? 2 : 1);
  if (argument.empty() || argument.front() == '-' || argument.front() == '=') return std::nullopt;
  auto const equals = argument.find('=');
  flag_text taken{std::string{argument.substr(0, equals)}, std::nullopt};
  if (equals != std::string_view::npos) taken.value = argument.substr(equals + 1);
  return taken;
}

std::string complaint(setting const& about, std::string const& value, rejection const& refused) {
  auto const reason = refused.malformed ? "parse error" : refused.reason;
  auto const flag = std::string{about.name} + ": " + reason;
  return is_switch(about.field) ? "invalid boolean value " + quote(value) + " for -" + flag
                                : "invalid value " + quote(value) + " for flag -" + flag;
}

}  // namespace

std::variant<given_flags, print_and_exit> parse_flags(std::span<char const* const> arguments) {
  given_flags given;
  while (!arguments.empty() && !ends_flags(arguments.front())) {
    std::string const argument = arguments.front();
    arguments = arguments.subspan(1);

    auto flag = take_apart(argument);
    if (!flag) return misuse("bad flag syntax: " + argument);
    auto const* const known = find_setting(flag->name);
    if (!known) {
      if (flag->name == "h" || flag->name == "help") return help();
      return misuse("flag provided but not defined: -" + flag->name);
    }

    if (!flag->value && is_switch(known->field)) flag->value = "true";
    if (!flag->value && arguments.empty()) {
      return misuse("flag needs an argument: -" + flag->name);
    }
    if (!flag->value) {
      flag->value = arguments.front();
      arguments = arguments.subspan(1);
    }
    if (auto const refused = assign(known->field, given.result, *flag->value)) {
      return misuse(complaint(*known, *flag->value, *refused));
    }
    given.names.insert(flag->name);
  }
  return given;
}

}  // namespace nsqlookupd::config
