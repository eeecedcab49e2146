// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/command.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::protocol {
namespace {

using words = std::vector<std::string>;

// The name, then the parameters.
words words_of(std::string_view line) {
  auto const parsed = parse_command(line);
  words found{std::string{parsed.name}};
  for (std::size_t index = 0; index < parsed.param_count; ++index) {
    found.emplace_back(parsed.params[index]);
  }
  return found;
}

TEST(command, is_split_on_single_spaces) {
  struct {
    std::string_view line;
    words expected;
  } const cases[] = {
      {"PING", {"PING"}},
      {"REGISTER t", {"REGISTER", "t"}},
      {"REGISTER t c", {"REGISTER", "t", "c"}},
      {"REGISTER  t c", {"REGISTER", "", "t", "c"}},
      {"REGISTER t  c", {"REGISTER", "t", "", "c"}},
      {"REGISTER   t", {"REGISTER", "", "", "t"}},
      {"a b c d e", {"a", "b", "c", "d"}},
      {"a    b", {"a", "", "", ""}},
      {"", {""}},
  };
  for (auto const& [line, expected] : cases) {
    EXPECT_EQ(words_of(line), expected) << line;
  }
}

TEST(command, is_trimmed_first) {
  struct {
    std::string_view line;
    words expected;
  } const cases[] = {
      {"PING\r", {"PING"}},
      {" \t PING \r", {"PING"}},
      {"\u3000REGISTER t\u00a0", {"REGISTER", "t"}},
      {"REGISTER t ", {"REGISTER", "t"}},
      {"   ", {""}},
      {"\r", {""}},
  };
  for (auto const& [line, expected] : cases) {
    EXPECT_EQ(words_of(line), expected) << testing::PrintToString(line);
  }
}

TEST(command, is_split_on_nothing_but_spaces) {
  EXPECT_EQ(words_of("REGISTER\tt"), words{"REGISTER\tt"});
  EXPECT_EQ(words_of("REGISTER\u00a0t\r c"), (words{"REGISTER\u00a0t\r", "c"}));
}

TEST(command, has_empty_parameters_beyond_its_last) {
  auto const parsed = parse_command("REGISTER t");
  EXPECT_EQ(parsed.param(0), "t");
  EXPECT_EQ(parsed.param(1), "");
  EXPECT_EQ(parsed.param(2), "");
}

}  // namespace
}  // namespace nsqlookupd::protocol
