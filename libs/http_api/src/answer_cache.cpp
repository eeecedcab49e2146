// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/answer_cache.hpp>

#include <utility>

namespace nsqlookupd::http_api {

std::shared_ptr<written_answer const> answer_cache::find(std::string const& asked) const {
  auto const found = answers_.find(asked);
  return found == answers_.end() ? nullptr : found->second;
}

http::shared_text answer_cache::find_text(std::string const& asked, std::uint64_t changed) const {
  auto last = find(asked);
  if (last == nullptr || !last->is_right(changed)) {
    return nullptr;
  }
  auto const* const text = &last->text;
  return {std::move(last), text};
}

http::shared_text answer_cache::keep(std::string const& asked, written_answer fresh) {
  // The writer's capacity may be many times the answer's size.
  if (fresh.text.capacity() > 2 * fresh.text.size()) {
    fresh.text.shrink_to_fit();
  }
  if (auto const before = answers_.find(asked); before != answers_.end()) {
    size_ -= before->second->text.size();
    answers_.erase(before);
  }
  if (answers_.size() == max_count || size_ + fresh.text.size() > max_size) {
    answers_.clear();
    size_ = 0;
  }
  size_ += fresh.text.size();
  auto const cached = std::make_shared<written_answer const>(std::move(fresh));
  answers_.emplace(asked, cached);
  return {cached, &cached->text};
}

}  // namespace nsqlookupd::http_api
