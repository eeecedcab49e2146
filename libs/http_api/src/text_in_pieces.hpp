// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/reply.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::http_api {

/// The JSON of a long answer while it is written. No piece of it grows without end: to move a text
/// that has outgrown its memory holds up everybody, and so does to free one of hundreds of
/// megabytes.
class text_in_pieces {
 public:
  /// Bytes after which the next piece begins.
  static constexpr std::size_t long_enough = std::size_t{16} << 20U;

  /// Where to write on. Asked anew for each slice; it is empty only when the whole text is.
  [[nodiscard]] std::string& end() {
    if (last_.size() >= long_enough) {
      begin_piece();
    }
    make_room();
    return last_;
  }

  /// About how long the text will be, if that is known.
  void reserve(std::size_t size) { last_.reserve(size); }

  [[nodiscard]] bool is_whole() const noexcept { return full_.empty(); }

  /// The text, if it is_whole().
  [[nodiscard]] std::string take_whole() noexcept { return std::move(last_); }

  /// Puts the text behind the body of `into`.
  void move_to(reply& into) {
    full_.push_back(std::move(last_));
    for (auto& piece : full_) {
      auto& before = into.more.empty() ? into.body : into.more.back();
      if (before.empty()) {
        before = std::move(piece);
      } else if (piece.size() < worth_a_write) {
        before += piece;
      } else {
        into.more.push_back(std::move(piece));
      }
    }
  }

  [[nodiscard]] bool empty() const noexcept { return full_.empty() && last_.empty(); }

  /// Takes the first byte away.
  void drop_first() { (full_.empty() ? last_ : full_.front()).erase(0, 1); }

 private:
  // A smaller piece is copied behind the one before.
  static constexpr std::size_t worth_a_write = std::size_t{256} << 10U;

  // What is written next may depend on the last byte, so that one moves on.
  void begin_piece() {
    std::string next{last_.back()};
    last_.pop_back();
    full_.push_back(std::move(last_));
    last_ = std::move(next);
    last_.reserve(long_enough + long_enough / 8);
  }

  // Memory that is never touched costs less than to move what is there.
  void make_room() {
    if (last_.capacity() - last_.size() < last_.size()) {
      last_.reserve(last_.size() * 8);
    }
  }

  std::vector<std::string> full_;
  std::string last_;
};

}  // namespace nsqlookupd::http_api
