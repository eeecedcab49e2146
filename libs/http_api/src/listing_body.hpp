// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http/reply.hpp>
#include <nsqlookupd/http_api/answer_cache.hpp>

#include "listings.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::http_api {

/// The contents of a listing_body, and its key in the cache.
struct listing_form {
  /// The topic, or what else was asked.
  std::string asked = {};
  std::vector<listing> parts;
  /// The key in the cache; empty: the text is not kept.
  std::string key = {};
  /// The text before the first part and behind the last.
  std::string opening = "{";
  std::string_view closing = "}";
};

/// The body that is an object of listings, `{"channels":[…],"producers":[…]}`, one after the other.
class listing_body final : public http::body_stream {
 public:
  /// `db` outlives it, and so does `cache`, in which the answer is left once it is written, unless
  /// it is very long. If the registration_db changed meanwhile, it is right for nobody else, but
  /// the next may take parts of it.
  listing_body(registry::registration_db const& db, answer_cache& cache, listing_form form);

  bool write_some(std::size_t budget) override;
  [[nodiscard]] std::size_t size() const noexcept override { return text_.size(); }
  http::body finish() override;

 private:
  /// Where to write on. Asked anew for each slice; it is empty only when the whole text is.
  [[nodiscard]] std::string& end();

  registry::registration_db const* db_;
  answer_cache* cache_;
  listing_form form_;
  std::shared_ptr<written_answer const> before_;
  std::size_t complete_ = 0;
  // State of the part after those that are complete.
  bool is_begun_ = false;
  progress progress_;
  /// No piece of it grows without end: to move a text that has outgrown its memory holds up
  /// everybody, and so does to free one of hundreds of megabytes.
  http::body text_;
  // For the cache; its text is added last.
  written_answer written_;
  http::shared_text shared_;
};

/// The reply with this body, written at once or left a stream.
[[nodiscard]] http::reply begin(listing_body body);

}  // namespace nsqlookupd::http_api
