// SPDX-License-Identifier: MIT
#pragma once

#include "file_descriptor.hpp"

#include <string>
#include <string_view>

namespace nsqlookupd::fuzz {

/// A file that is on no disk. Everything throws std::system_error.
class memory_file {
 public:
  memory_file();

  /// Where it can be opened, in this process.
  [[nodiscard]] std::string const& path() const noexcept { return path_; }

  /// Replaces all that is in it.
  void write(std::string_view bytes);

 private:
  test_support::file_descriptor descriptor_;
  std::string path_;
};

}  // namespace nsqlookupd::fuzz
