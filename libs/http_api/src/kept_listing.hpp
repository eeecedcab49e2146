// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/answer.hpp>
#include <nsqlookupd/http_api/kept_answer.hpp>

#include "dress.hpp"
#include "object_of_lists.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace nsqlookupd::http_api {

/// The answer that is an object of one list, left in a kept_answer once it is written. If the
/// registration_db changed meanwhile, it is right for nobody else, but the next may take parts of
/// it.
template <class List>
class kept_listing final : public long_answer {
 public:
  /// `kept` outlives it.
  kept_listing(kept_answer& kept, List list) : kept_{&kept}, object_{std::move(list)} {}

  bool write_some(registry::registration_db const& db, registry::time_point now,
                  std::size_t budget) override {
    if (!holds_) {
      holds_ = {List::version_of(db), now, now};
      epoch_ = db.nodes_epoch();
      object_.text().reserve(kept_->expected_size());
    }
    if (!object_.write_some(db, now, budget)) {
      return false;
    }
    auto& list = object_.template list<0>();
    holds_->good_until = list.good_until();
    if (object_.text().is_whole()) {
      written_listing written{object_.text().take_whole(), *holds_, {}, epoch_};
      if constexpr (requires { list.take_nodes(); }) {
        written.nodes = list.take_nodes();
      }
      text_ = kept_->keep(std::move(written));
    }
    return true;
  }

  reply finish() override {
    return text_ == nullptr ? object_.finish() : v1_json(std::move(text_));
  }

 private:
  kept_answer* kept_;
  object_of_lists<List> object_;
  std::optional<validity> holds_;
  std::uint64_t epoch_ = 0;
  shared_text text_;
};

}  // namespace nsqlookupd::http_api
