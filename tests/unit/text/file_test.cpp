// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/file.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>
#include <string>

namespace nsqlookupd::text {
namespace {

std::string file_of(std::string const& content) {
  auto path = testing::TempDir() + "text_file_test";
  std::ofstream{path, std::ios::binary} << content;
  return path;
}

std::string failure_of(std::string const& path, std::size_t most = 1000) {
  try {
    return "no failure, but: " + read_file(path, most);
  } catch (std::runtime_error const& error) {
    return error.what();
  }
}

TEST(read_file, gives_every_byte) {
  std::string const content{"a\0\r\n\xff", 5};
  EXPECT_EQ(read_file(file_of(content), 5), content);
  EXPECT_EQ(read_file(file_of(""), 0), "");
  std::string const large(10'000, 'x');
  EXPECT_EQ(read_file(file_of(large), 10'000), large);
}

TEST(read_file, says_why_it_cannot) {
  EXPECT_EQ(failure_of("/does/not/exist"), "No such file or directory");
  EXPECT_EQ(failure_of("/"), "Is a directory");
}

TEST(read_file, reads_no_more_than_it_may) {
  EXPECT_EQ(failure_of(file_of("123"), 2), "it is larger than 2 bytes");
  EXPECT_EQ(failure_of("/dev/zero", 65'536), "it is larger than 65536 bytes");
}

}  // namespace
}  // namespace nsqlookupd::text
