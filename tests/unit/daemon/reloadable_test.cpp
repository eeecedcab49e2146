// SPDX-License-Identifier: MIT
#include "reloadable.hpp"

#include "captured_log.hpp"
#include "scratch_directory.hpp"
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace nsqlookupd {
namespace {

// The text of a file; "broken" is not good.
std::string read_good(std::string const& path) {
  std::ifstream file{path};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (text == "broken") {
    throw std::runtime_error{"it is broken"};
  }
  return text;
}

class reloadable_text : public testing::Test {
 protected:
  test_support::captured_log log;
  test_support::scratch_directory directory;
  std::string path = directory.write("file", "first");
  reloadable<std::string> text{{path, ""}, [this] { return read_good(path); }, "the old one stays"};
};

TEST_F(reloadable_text, is_read_at_start) {
  EXPECT_EQ(*text.value(), "first");
  EXPECT_FALSE(text.reload(reload_when::changed));
}

TEST_F(reloadable_text, follows_the_file) {
  auto const before = text.value();
  directory.write("file", "second");
  EXPECT_TRUE(text.reload(reload_when::changed));
  EXPECT_EQ(*text.value(), "second");
  EXPECT_EQ(*before, "first") << "in use";
  EXPECT_FALSE(text.reload(reload_when::changed));
}

TEST_F(reloadable_text, is_read_again_on_request) {
  auto const before = text.value();
  EXPECT_TRUE(text.reload(reload_when::always));
  EXPECT_NE(text.value(), before);
  directory.write("file", "second");
  EXPECT_TRUE(text.reload(reload_when::always));
  EXPECT_FALSE(text.reload(reload_when::changed)) << "the same text is no change";
}

TEST_F(reloadable_text, stays_while_the_file_is_broken) {
  directory.write("file", "broken");
  EXPECT_FALSE(text.reload(reload_when::changed));
  EXPECT_TRUE(log.wait_for("ERROR: the old one stays - it is broken"));
  EXPECT_EQ(*text.value(), "first");
  EXPECT_FALSE(text.reload(reload_when::always));
  EXPECT_FALSE(text.is_good());
  EXPECT_EQ(log.lines().size(), 2U);
  directory.write("file", "second");
  EXPECT_TRUE(text.reload(reload_when::changed));
  EXPECT_EQ(*text.value(), "second");
  EXPECT_TRUE(text.is_good());
}

TEST_F(reloadable_text, follows_a_link_that_is_turned) {
  auto const link = directory.path("link");
  std::filesystem::create_symlink(path, link);
  reloadable<std::string> linked{{link}, [&] { return read_good(link); }, "the old one stays"};
  auto const other = directory.write("other", "other");
  std::filesystem::remove(link);
  std::filesystem::create_symlink(other, link);
  EXPECT_TRUE(linked.reload(reload_when::changed));
  EXPECT_EQ(*linked.value(), "other");
}

TEST(reloadable, throws_at_start_where_the_file_is_broken) {
  test_support::scratch_directory const directory;
  auto const path = directory.write("file", "broken");
  EXPECT_THROW((reloadable<std::string>{{path}, [&] { return read_good(path); }, "unused"}),
               std::runtime_error);
}

}  // namespace
}  // namespace nsqlookupd
