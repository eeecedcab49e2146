// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace nsqlookupd::config::test {

/// A file of its own with the given bytes in it, gone at the end.
class temporary_file {
 public:
  explicit temporary_file(std::string_view bytes);
  temporary_file(temporary_file const&) = delete;
  temporary_file& operator=(temporary_file const&) = delete;
  ~temporary_file();

  [[nodiscard]] std::string const& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace nsqlookupd::config::test
