// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/tombstones.hpp>

#include <utility>

namespace nsqlookupd::registry {

std::optional<time_point> tombstones::find(producer const& who) const noexcept {
  if (!moments_) {
    return std::nullopt;
  }
  auto const found = moments_->find(&who);
  return found == moments_->end() ? std::nullopt : std::optional{found->second};
}

void tombstones::set(producer const& who, time_point now) {
  if (moments_) {
    moments_->insert_or_assign(&who, now);
    return;
  }
  auto first = std::make_unique<moments>();
  first->emplace(&who, now);
  moments_ = std::move(first);
}

void tombstones::erase(producer const& who) noexcept {
  if (moments_ && moments_->erase(&who) != 0 && moments_->empty()) {
    moments_.reset();
  }
}

}  // namespace nsqlookupd::registry
