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

TEST(example_file, has_every_key) {
  EXPECT_EQ(read_example().keys, keys_in_usage());
}

}  // namespace
}  // namespace nsqlookupd::config::test
