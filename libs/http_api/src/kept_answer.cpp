// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/kept_answer.hpp>

#include <utility>

namespace nsqlookupd::http_api {

shared_text kept_answer::find(std::uint64_t version, registry::time_point now) const noexcept {
  if (last_ == nullptr || !last_->holds.includes(version, now)) {
    return nullptr;
  }
  return {last_, &last_->text};
}

shared_text kept_answer::keep(written_listing fresh) {
  // The writer's capacity may be many times the answer's size.
  if (fresh.text.capacity() > 2 * fresh.text.size()) {
    fresh.text.shrink_to_fit();
  }
  last_ = std::make_shared<written_listing const>(std::move(fresh));
  return {last_, &last_->text};
}

std::size_t kept_answer::expected_size() const noexcept {
  return last_ == nullptr ? 0 : last_->text.size() + last_->text.size() / 16;
}

}  // namespace nsqlookupd::http_api
