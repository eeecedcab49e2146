// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/auth/token_list.hpp>

#include <memory>
#include <mutex>
#include <string_view>

namespace nsqlookupd::auth {

/// The token_list that counts now. Thread-safe.
class access_control {
 public:
  explicit access_control(token_list tokens);

  /// Puts another in its place.
  void replace(token_list tokens);

  /// As token_list has it.
  [[nodiscard]] caller identify(std::string_view authorization) const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<token_list const> tokens_;
};

}  // namespace nsqlookupd::auth
