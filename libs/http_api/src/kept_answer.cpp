// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/kept_answer.hpp>

#include <memory>
#include <utility>

namespace nsqlookupd::http_api {

shared_text kept_answer::find(std::uint64_t version, registry::time_point now) noexcept {
  // A clock that was set back may bring back what had expired.
  bool const holds = version == holds_.version && holds_.made_at <= now && now <= holds_.good_until;
  if (!holds) {
    text_.reset();
  }
  return text_;
}

shared_text kept_answer::keep(std::string text, validity const& holds) {
  // The writer's capacity may be many times the answer's size.
  if (text.capacity() > 2 * text.size()) {
    text.shrink_to_fit();
  }
  last_size_ = text.size();
  text_ = std::make_shared<std::string const>(std::move(text));
  holds_ = holds;
  return text_;
}

}  // namespace nsqlookupd::http_api
