// SPDX-License-Identifier: MIT
#include "flags.hpp"

#include <nsqlookupd/text/duration.hpp>
#include <nsqlookupd/text/utf8.hpp>

#include "assign.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace nsqlookupd::config {
namespace {

// In the order of the alternatives of `field`.
constexpr std::array<std::string_view, 6> type_names{" string", "",       " duration",
                                                     " int",    " value", " list"};

/// A value as a flag has it; empty where there is nothing to show.
struct shown_value {
  values const& from;
  bool bytes;

  std::string operator()(std::string values::* member) const {
    auto const& text = from.*member;
    return text.empty() ? text : text::quote(text);
  }
  std::string operator()(bool values::* member) const { return from.*member ? "true" : ""; }
  std::string operator()(std::chrono::nanoseconds values::* member) const {
    return text::format_duration(from.*member);
  }
  std::string operator()(std::size_t values::* member) const {
    auto number = from.*member;
    std::string_view unit;
    for (std::string_view const larger : {"KiB", "MiB", "GiB"}) {
      if (!bytes || number == 0 || number % 1024 != 0) break;
      number /= 1024;
      unit = larger;
    }
    return std::to_string(number).append(unit);
  }
  std::string operator()(std::vector<std::string> values::* member) const {
    std::string text;
    for (auto const& part : from.*member) {
      text.append(text.empty() ? "" : ",").append(part);
    }
    return text.empty() ? text : text::quote(text);
  }
  std::string operator()(choice const& of) const { return std::string{of.names[of.get(from)]}; }
};

/// True for what ends the flags: a word, a lone dash, or `--`.
bool ends_flags(std::string_view argument) {
  return argument.size() < 2 || argument.front() != '-' || argument == "--";
}

std::string complaint(setting const& about, std::string const& value, rejection const& refused) {
  return (is_switch(about) ? "invalid boolean value " : "invalid value ") + text::quote(value) +
         (is_switch(about) ? " for -" : " for flag -") + std::string{about.name} + ": " +
         (refused.malformed ? "parse error" : refused.reason) + std::string{refused.hint};
}

}  // namespace

std::string value_text(setting const& of, values const& from) {
  return std::visit(shown_value{from, of.bounds.bytes}, of.field);
}

std::string describe_flags() {
  std::string text;
  values const defaults;
  for (auto const& described : settings()) {
    if (!described.group.empty()) {
      text.append("\n").append(described.group).append(":\n");
    }
    text.append("  -").append(described.name);
    text.append(described.bounds.bytes ? " size" : type_names[described.field.index()]);
    text.append("\n    \t").append(described.meaning);
    auto const value = value_text(described, defaults);
    text += value.empty() ? "\n" : " (default " + value + ")\n";
  }
  return text;
}

print_and_exit misuse(std::string_view command, std::string const& line) {
  return {line + "\nsee " + std::string{command} + " -h\n", print_and_exit::stream::error, 2};
}

std::variant<given_flags, print_and_exit> parse_flags(std::string_view command,
                                                      std::span<own_flag const> own,
                                                      std::span<char const* const> arguments) {
  given_flags given;
  auto const take = [&] {
    std::string taken = arguments.front();
    arguments = arguments.subspan(1);
    return taken;
  };
  auto const refuse = [&](std::string const& line) { return misuse(command, line); };
  while (!arguments.empty() && !ends_flags(arguments.front())) {
    auto const argument = take();
    auto const flag = argument.substr(argument.starts_with("--") ? 2 : 1);
    auto const equals = flag.find('=');
    auto const name = flag.substr(0, equals);
    if (name.empty() || name.front() == '-') return refuse("bad flag syntax: " + argument);

    auto const* const known = find_setting(name);
    if (!known && (name == "h" || name == "help")) {
      given.wants_help = true;
      return given;
    }
    auto const mine = std::ranges::find(own, name, &own_flag::name);
    bool const is_own = known == nullptr && mine != own.end();
    if (is_own && !mine->takes_value && equals == flag.npos) {
      given.own[name];
      continue;
    }
    if (!known && !(is_own && mine->takes_value)) {
      return refuse("flag provided but not defined: -" + name);
    }

    std::string value = "true";
    if (equals != flag.npos) {
      value = flag.substr(equals + 1);
    } else if (is_own || !is_switch(*known)) {
      if (arguments.empty()) return refuse("flag needs an argument: -" + name);
      value = take();
    }
    if (is_own) {
      given.own[name] = value;
      continue;
    }
    if (auto const refused = assign(*known, given.result, value)) {
      return refuse(complaint(*known, value, *refused));
    }
    given.names.insert(name);
  }
  if (!arguments.empty() && std::string_view{arguments.front()} == "--") {
    arguments = arguments.subspan(1);
  }
  given.rest = arguments;
  return given;
}

}  // namespace nsqlookupd::config
