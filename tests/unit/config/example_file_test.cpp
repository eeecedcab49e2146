// SPDX-License-Identifier: MIT
//
// The example config file that is shipped says what is true.
#include "start.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace nsqlookupd::config::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct example {
  std::string as_shipped;
  std::string uncommented;
  std::set<std::string> keys;
};

/// Prose begins with `## `, a key that is commented out with `# `.
example read_example() {
  example read;
  std::ifstream in{EXAMPLE_FILE};
  for (std::string line; std::getline(in, line);) {
    read.as_shipped += line + '\n';
    if (line.starts_with("# ")) {
      line.erase(0, 2);
      read.keys.insert(line.substr(0, line.find(' ')));
    }
    read.uncommented += line + '\n';
  }
  return read;
}

std::set<std::string> keys_in_usage() {
  std::istringstream lines{std::get<print_and_exit>(start({"-h"})).text};
  std::set<std::string> keys;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  -")) continue;
    auto name = line.substr(3, line.find(' ', 3) - 3);
    std::ranges::replace(name, '-', '_');
    keys.insert(name);
  }
  keys.erase("config");
  keys.erase("version");
  return keys;
}

TEST(example_file, loads_cleanly_as_it_is_shipped) {
  auto const given = start_with_file(read_example().as_shipped);
  EXPECT_THAT(warnings_of(given), IsEmpty());
  EXPECT_EQ(settings_of(given), options{});
}

TEST(example_file, loads_cleanly_when_uncommented_and_changes_nothing) {
  auto const given = start_with_file(read_example().uncommented);
  EXPECT_THAT(warnings_of(given), IsEmpty());
  EXPECT_EQ(settings_of(given), options{});
}

/// A file's text, its comments in one line.
std::string prose_of(char const* path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  auto prose = std::move(text).str();
  for (auto at = prose.find("\n## "); at != std::string::npos; at = prose.find("\n## ", at)) {
    prose.replace(at, 4, " ");
  }
  return prose;
}

TEST(example_file, says_of_limits_what_readme_and_usage_say) {
  auto const usage = std::get<print_and_exit>(start({"-h"})).text;
  for (auto const* const meaning :
       {"time to finish the first line after connecting, and each later command after its first "
        "byte",
        "total bytes of unfinished input and unsent replies, of all clients together; a producer "
        "may "
        "always hold a line",
        "TCP and HTTP connections together, at a time; HTTP can have nine tenths, TCP all but a "
        "tenth or "
        "16"}) {
    EXPECT_THAT(usage, HasSubstr(meaning));
    EXPECT_THAT(prose_of(EXAMPLE_FILE), HasSubstr(meaning));
    EXPECT_THAT(prose_of(README_FILE), HasSubstr(meaning));
  }
}

TEST(example_file, has_every_key) {
  EXPECT_EQ(read_example().keys, keys_in_usage());
}

}  // namespace
}  // namespace nsqlookupd::config::test
