// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/kept_lookups.hpp>

#include <memory>
#include <utility>

namespace nsqlookupd::http_api {

shared_text kept_lookups::find(std::string_view topic, std::uint64_t version,
                               registry::time_point now) {
  is_quiet_ = version == version_;
  if (!is_quiet_) {
    version_ = version;
    by_topic_.clear();
    size_ = 0;
    return nullptr;
  }
  auto const found = by_topic_.find(topic);
  if (found == by_topic_.end() || !found->second.holds.includes(version, now)) {
    return nullptr;
  }
  return found->second.text;
}

shared_text kept_lookups::keep(std::string_view topic, std::string text, validity const& holds) {
  auto shared = std::make_shared<std::string const>(std::move(text));
  if (auto const before = by_topic_.find(topic); before != by_topic_.end()) {
    size_ -= before->second.text->size();
    by_topic_.erase(before);
  }
  if (size_ + shared->size() <= max_size && by_topic_.size() < max_count) {
    by_topic_.try_emplace(std::string{topic}, shared, holds);
    size_ += shared->size();
  }
  return shared;
}

}  // namespace nsqlookupd::http_api
