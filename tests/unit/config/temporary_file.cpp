// SPDX-License-Identifier: MIT
#include "temporary_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace nsqlookupd::config::test {

temporary_file::temporary_file(std::string_view bytes)
    : path_{testing::TempDir() + "nsqlookupd-config-XXXXXX"} {
  int const descriptor = ::mkstemp(path_.data());
  EXPECT_GE(descriptor, 0) << path_;
  ::close(descriptor);
  std::ofstream out{path_, std::ios::binary};
  out << bytes;
  EXPECT_TRUE(out.flush().good()) << path_;
}

temporary_file::~temporary_file() {
  ::unlink(path_.c_str());
}

}  // namespace nsqlookupd::config::test
