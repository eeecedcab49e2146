// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/answer.hpp>
#include <nsqlookupd/http_api/kept_answer.hpp>

#include "dress.hpp"
#include "object_of_lists.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace nsqlookupd::http_api {

/// The answer that is an object of one list, left in a kept_answer once it is written, unless the
/// registration_db changed meanwhile.
template <class List>
class kept_listing final : public long_answer {
 public:
  /// `kept` outlives it.
  explicit kept_listing(kept_answer& kept) : kept_{&kept} {}

  bool write_some(registry::registration_db const& db, registry::time_point now,
                  std::size_t budget) override {
    if (!holds_) {
      holds_ = {List::version_of(db), now, now};
      object_.text().reserve(kept_->expected_size());
    }
    if (!object_.write_some(db, now, budget)) {
      return false;
    }
    holds_->good_until = object_.template list<0>().good_until();
    if (object_.text().is_whole() && List::version_of(db) == holds_->version) {
      text_ = kept_->keep(object_.text().take_whole(), *holds_);
    }
    return true;
  }

  reply finish() override {
    return text_ == nullptr ? object_.finish() : v1_json(std::move(text_));
  }

 private:
  kept_answer* kept_;
  object_of_lists<List> object_{List{}};
  std::optional<kept_answer::validity> holds_;
  shared_text text_;
};

}  // namespace nsqlookupd::http_api
