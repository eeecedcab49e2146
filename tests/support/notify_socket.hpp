// SPDX-License-Identifier: MIT
#pragma once

#include "file_descriptor.hpp"

#include <string>

namespace nsqlookupd::test_support {

/// The socket that a service manager listens on.
class notify_socket {
 public:
  /// With an abstract name that the kernel chooses.
  notify_socket();
  /// In the file system. The owner of the directory removes it.
  explicit notify_socket(std::string const& path);

  /// The value of `NOTIFY_SOCKET`: a path, or an abstract name behind an `@`.
  [[nodiscard]] std::string const& name() const noexcept { return name_; }

  /// The next notice; throws std::runtime_error when none comes.
  [[nodiscard]] std::string next() const;

  /// True when a notice has come.
  [[nodiscard]] bool has_next() const;

 private:
  file_descriptor socket_;
  std::string name_;
};

}  // namespace nsqlookupd::test_support
