// SPDX-License-Identifier: MIT
#include "scratch_directory.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace nsqlookupd::test_support {

scratch_directory::scratch_directory() {
  auto name = (std::filesystem::temp_directory_path() / "nsqlookupd-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error{"no directory " + name};
  }
  path_ = name;
}

scratch_directory::~scratch_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string scratch_directory::write(std::string_view name, std::string_view text) const {
  auto const wanted = path(name);
  auto const fresh = wanted + ".new";
  std::ofstream out{fresh, std::ios::binary};
  out << text;
  if (!out.flush()) {
    throw std::runtime_error{"cannot write " + fresh};
  }
  std::filesystem::rename(fresh, wanted);
  return wanted;
}

}  // namespace nsqlookupd::test_support
