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
  bool const too_long = text.size() > largest;
  // The writer's capacity may be many times the answer's size.
  if (!too_long) {
    text.shrink_to_fit();
  }
  auto shared = std::make_shared<std::string const>(std::move(text));
  text_ = too_long ? nullptr : shared;
  holds_ = holds;
  return shared;
}

}  // namespace nsqlookupd::http_api
