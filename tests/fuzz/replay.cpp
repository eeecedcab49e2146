// SPDX-License-Identifier: MIT
//
// Takes libFuzzer's place where there is none: tries every file of the folders and files it is
// given.
#include "target.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(fs::path const& path) {
  if (!fs::is_directory(path)) {
    return {path};
  }
  std::vector<fs::path> files;
  for (auto const& entry : fs::recursive_directory_iterator{path}) {
    if (entry.is_regular_file()) {
      files.push_back(entry.path());
    }
  }
  return files;
}

void replay(fs::path const& file) {
  std::printf("%s\n", file.c_str());
  std::fflush(stdout);
  std::ifstream stream{file, std::ios::binary};
  stream.exceptions(std::ios::badbit);
  std::string const bytes{std::istreambuf_iterator<char>{stream}, {}};
  LLVMFuzzerTestOneInput(reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  int count = 0;
  try {
    for (int index = 1; index < argc; ++index) {
      for (auto const& file : files_of(argv[index])) {
        replay(file);
        ++count;
      }
    }
  } catch (std::exception const& failure) {
    std::printf("FINDING: %s\n", failure.what());
    return 1;
  }
  std::printf("%d inputs replayed\n", count);
  return count == 0 ? 1 : 0;
}
