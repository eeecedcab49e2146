// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/auth/access_control.hpp>

#include "watched_files.hpp"

#include <memory>
#include <string>

namespace nsqlookupd {

/// The tokens of HTTP clients, read anew while the server runs. Not for several threads, but for
/// what access_control() returns.
class token_file {
 public:
  /// Reads the file. Throws std::runtime_error with one line when it is not good.
  explicit token_file(std::string path);

  /// Good for as long as the token_file.
  [[nodiscard]] auth::access_control const& access_control() const noexcept { return *tokens_; }

  /// Says in the log how many tokens there are.
  void log_state() const;

  /// Reads the file again. When it is not good, the old tokens stay; either way the log has a line.
  void reload();

  /// The same, if the file does not look as it did.
  void reload_if_changed();

 private:
  [[nodiscard]] auth::token_list load();
  void replace();

  std::string path_;
  watched_files files_;
  std::size_t count_ = 0;
  std::unique_ptr<auth::access_control> tokens_;
};

}  // namespace nsqlookupd
