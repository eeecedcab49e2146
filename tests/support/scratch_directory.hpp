// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace nsqlookupd::test_support {

/// A directory of its own, gone at the end with all that is in it.
class scratch_directory {
 public:
  scratch_directory();
  scratch_directory(scratch_directory const&) = delete;
  scratch_directory& operator=(scratch_directory const&) = delete;
  ~scratch_directory();

  [[nodiscard]] std::string path(std::string_view name) const { return (path_ / name).string(); }

  /// Puts the file in the place of one that may be there, in one step. Returns its path. Throws
  /// std::runtime_error.
  std::string write(std::string_view name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

}  // namespace nsqlookupd::test_support
