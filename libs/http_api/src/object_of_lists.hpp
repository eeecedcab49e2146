// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/answer.hpp>

#include "dress.hpp"
#include "lists.hpp"
#include "text_in_pieces.hpp"

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
    return write_from<0>(turn, text_.end());
  }

  reply finish() override {
    auto result = v1_json(std::string{});
    text_.move_to(result);
    return result;
  }

  [[nodiscard]] text_in_pieces& text() noexcept { return text_; }

  template <std::size_t Index>
  [[nodiscard]] auto& list() noexcept {
    return std::get<Index>(lists_);
  }

 private:
  template <std::size_t Index>
  bool write_from(slice& turn, std::string& out) {
    if constexpr (Index == sizeof...(Lists)) {
      out.push_back('}');
      return true;
    } else {
      auto& list = std::get<Index>(lists_);
      if (Index == done_) {
        open(Index, list.key, out);
        if (!list.write_some(turn, out)) {
          return false;
        }
        out.push_back(']');
        ++done_;
      }
      return write_from<Index + 1>(turn, out);
    }
  }

  void open(std::size_t index, std::string_view key, std::string& out) {
    if (index < opened_) {
      return;
    }
    out.append(index == 0 ? "{\"" : ",\"").append(key).append("\":[");
    ++opened_;
  }

  std::tuple<Lists...> lists_;
  std::size_t opened_ = 0;
  std::size_t done_ = 0;
  text_in_pieces text_;
};

}  // namespace nsqlookupd::http_api
