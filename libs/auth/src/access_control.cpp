// SPDX-License-Identifier: MIT
#include <nsqlookupd/auth/access_control.hpp>

#include <utility>

namespace nsqlookupd::auth {

access_control::access_control(std::shared_ptr<token_list const> tokens)
    : tokens_{std::move(tokens)} {}

void access_control::replace(std::shared_ptr<token_list const> tokens) {
  std::lock_guard const lock{mutex_};
  tokens_.swap(tokens);
  answers_.fill(std::nullopt);
}

caller access_control::identify(std::string_view authorization) const {
  auto const header = sha256({}, authorization);
  std::unique_lock lock{mutex_};
  auto& answer = answers_[header.front()];
  if (answer && are_equal(answer->header, header)) {
    return answer->is;
  }
  auto const tokens = tokens_;
  lock.unlock();
  auto const found = tokens->identify(authorization);
  lock.lock();
  // Meanwhile another list may have come, of which this says nothing.
  if (tokens == tokens_) {
    answer = remembered{header, found};
  }
  return found;
}

}  // namespace nsqlookupd::auth
