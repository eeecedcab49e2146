// SPDX-License-Identifier: MIT
//
// Directories that cannot be used end the start, with one line.
#include <nsqlookupd/store/file.hpp>

#include "error_of.hpp"
#include "scratch_directory.hpp"
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace nsqlookupd::store {
namespace {

using test_support::scratch_directory;

constexpr auto advice = "; it must be a directory that the server may write to";

std::string refusal(std::string const& directory) {
  return test_support::error_of([&] { file const stored{directory}; });
}

TEST(directory, that_is_not_there) {
  scratch_directory const scratch;
  auto const path = scratch.path("none");
  EXPECT_EQ(refusal(path),
            "cannot use -data-path=" + path + " - No such file or directory" + advice);
}

TEST(directory, that_is_a_file) {
  scratch_directory const scratch;
  auto const path = scratch.write("file", "");
  EXPECT_EQ(refusal(path), "cannot use -data-path=" + path + " - Not a directory" + advice);
}

TEST(directory, that_another_server_uses) {
  scratch_directory const scratch;
  auto const path = scratch.path("");
  std::optional<file> first{path};
  auto const expected = "cannot use -data-path=" + path +
                        " - another nsqlookupd uses it; give each server a directory of its own";
  EXPECT_EQ(refusal(path), expected);
  std::optional<file> moved{std::move(*first)};
  first.reset();
  EXPECT_EQ(refusal(path), expected);
  moved.reset();
  EXPECT_EQ(refusal(path), "");
}

TEST(directory, that_may_not_be_written) {
  namespace fs = std::filesystem;
  scratch_directory const scratch;
  auto const path = scratch.path("read_only");
  fs::create_directory(path);
  fs::permissions(path, fs::perms{0555});
  fs::permissions(scratch.path(""), fs::perms{0755});
  auto const refused_to_nobody = [&] {
    constexpr uid_t nobody = 65534;
    // As anybody but root it fails, and the directory may not be written either.
    static_cast<void>(::setuid(nobody) == 0);
    std::fputs(refusal(path).c_str(), stderr);
    ::_exit(0);
  };
  EXPECT_EXIT(refused_to_nobody(), testing::ExitedWithCode(0),
              "cannot use -data-path=.* - Permission denied; it must be a directory");
}

TEST(directory, nothing_is_written_before_the_state_is_loaded) {
  scratch_directory const scratch;
  file const stored{scratch.path("")};
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path("")));
}

}  // namespace
}  // namespace nsqlookupd::store
