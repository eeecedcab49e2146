// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/answer.hpp>

#include "dress.hpp"
#include "lists.hpp"

#include <cstddef>
#include <string>
#include <tuple>
#include <utility>

namespace nsqlookupd::http_api {

/// The answer that is an object of lists, `{"channels":[…],"producers":[…]}`, one after the other.
template <class... Lists>
class object_of_lists final : public long_answer {
 public:
  explicit object_of_lists(Lists... lists) : lists_{std::move(lists)...} {}

  bool write_some(registry::registration_db const& db, registry::time_point now,
                  std::size_t budget) override {
    slice turn{db, now, budget};
    make_room();
    return write_from<0>(turn);
  }

  reply finish() override { return v1_json(take_body()); }

  /// The JSON, once write_some() has returned true.
  [[nodiscard]] std::string take_body() noexcept { return std::move(body_); }

  template <std::size_t Index>
  [[nodiscard]] auto const& list() const noexcept {
    return std::get<Index>(lists_);
  }

 private:
  template <std::size_t Index>
  bool write_from(slice& turn) {
    if constexpr (Index == sizeof...(Lists)) {
      body_.push_back('}');
      return true;
    } else {
      auto& list = std::get<Index>(lists_);
      if (Index == done_) {
        open(Index, list.key);
        if (!list.write_some(turn, body_)) {
          return false;
        }
        body_.push_back(']');
        ++done_;
      }
      return write_from<Index + 1>(turn);
    }
  }

  // A body of many slices grows in large steps: to move it costs more than memory that is never
  // touched.
  void make_room() {
    constexpr std::size_t large = 16 << 20;
    if (body_.size() < large && body_.capacity() - body_.size() < body_.size()) {
      body_.reserve(body_.size() * 8);
    }
  }

  void open(std::size_t index, std::string_view key) {
    if (index < opened_) {
      return;
    }
    body_.append(index == 0 ? "{\"" : ",\"").append(key).append("\":[");
    ++opened_;
  }

  std::tuple<Lists...> lists_;
  std::size_t opened_ = 0;
  std::size_t done_ = 0;
  std::string body_;
};

}  // namespace nsqlookupd::http_api
