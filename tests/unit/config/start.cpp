// SPDX-License-Identifier: MIT
#include "start.hpp"

#include "temporary_file.hpp"
#include <gtest/gtest.h>

#include <algorithm>

namespace nsqlookupd::config::test {

action start(arguments const& flags, variables const& environment) {
  std::vector<char const*> argv{"nsqlookupd"};
  for (auto const& flag : flags) argv.push_back(flag.c_str());
  std::vector<std::string> names;
  for (auto const& [name, value] : environment) names.push_back(name);
  return parse(
      static_cast<int>(argv.size()), argv.data(),
      [&](std::string const& name) -> std::optional<std::string> {
        auto const found = environment.find(name);
        if (found == environment.end()) return std::nullopt;
        return found->second;
      },
      names);
}

action start_with_file(std::string_view bytes, arguments const& flags,
                       variables const& environment) {
  temporary_file const file{bytes};
  arguments all{"-config", file.path()};
  all.insert(all.end(), flags.begin(), flags.end());
  return start(all, environment);
}

namespace {

/// Why an action is not the one that a test expects.
std::string described(action const& from) {
  if (auto const* print = std::get_if<print_and_exit>(&from)) return "prints: " + print->text;
  if (auto const* fatal = std::get_if<fatal_error>(&from)) return "fails: " + fatal->message;
  return "runs";
}

}  // namespace

options settings_of(action const& from) {
  auto const* const run = std::get_if<run_server>(&from);
  EXPECT_TRUE(run) << described(from);
  return run ? run->settings : options{};
}

std::vector<std::string> warnings_of(action const& from) {
  auto const* const run = std::get_if<run_server>(&from);
  EXPECT_TRUE(run) << described(from);
  return run ? run->warnings : std::vector<std::string>{"not running"};
}

std::string fatal_message_of(action const& from) {
  auto const* const fatal = std::get_if<fatal_error>(&from);
  EXPECT_TRUE(fatal) << described(from);
  return fatal ? fatal->message : std::string{};
}

std::string misuse_of(action const& from) {
  auto const* const print = std::get_if<print_and_exit>(&from);
  EXPECT_TRUE(print) << described(from);
  if (!print) return {};
  EXPECT_EQ(print->to, print_and_exit::stream::error);
  EXPECT_EQ(print->exit_code, 2);
  auto const end = print->text.find('\n');
  auto const hint = print->text.substr(std::min(end + 1, print->text.size()));
  EXPECT_TRUE(hint.starts_with("see nsqlookupd ") && hint.ends_with(" -h\n")) << print->text;
  return print->text.substr(0, end);
}

}  // namespace nsqlookupd::config::test
