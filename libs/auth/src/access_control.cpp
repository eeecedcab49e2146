// SPDX-License-Identifier: MIT
#include <nsqlookupd/auth/access_control.hpp>

#include <utility>

namespace nsqlookupd::auth {

access_control::access_control(token_list tokens)
    : tokens_{std::make_shared<token_list const>(std::move(tokens))} {}

void access_control::replace(token_list tokens) {
  auto fresh = std::make_shared<token_list const>(std::move(tokens));
  std::lock_guard const lock{mutex_};
  tokens_.swap(fresh);
}

caller access_control::identify(std::string_view authorization) const {
  std::unique_lock lock{mutex_};
  auto const tokens = tokens_;
  lock.unlock();
  return tokens->identify(authorization);
}

}  // namespace nsqlookupd::auth
