// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/routes.hpp>
#include <nsqlookupd/text/json.hpp>

#include "listings.hpp"

#include <utility>

namespace nsqlookupd::http_api {
namespace {

// An answer that fits into one slice is written at once. So many entries take about 50 µs.
constexpr std::size_t first_slice = 1024;

// Bytes of an answer whose like was not written before; an estimate.
constexpr std::size_t usual_size = 500;

// Bytes after which the next piece of a text begins.
constexpr std::size_t long_enough = std::size_t{16} << 20U;

}  // namespace

listing_body::listing_body(registry::registration_db const& db, answer_cache& cache,
                           listing_form form)
    : db_{&db},
      cache_{&cache},
      form_{std::move(form)},
      before_{form_.key.empty() ? nullptr : cache.find(form_.key)},
      written_{.revision = db.revision()} {
  text_.text.reserve(before_ == nullptr ? usual_size
                                        : before_->text.size() + before_->text.size() / 16);
  text_.text.append(form_.opening);
}

std::string& listing_body::end() {
  if (text_.last().size() >= long_enough) {
    // The next write may depend on the last byte, so that byte moves on.
    std::string next{text_.last().back()};
    text_.last().pop_back();
    next.reserve(long_enough + long_enough / 8);
    text_.more.push_back(std::move(next));
  }
  auto& last = text_.last();
  // Memory that is never touched costs less than to move what is there.
  if (last.capacity() - last.size() < last.size()) {
    last.reserve(last.size() * 8);
  }
  return last;
}

bool listing_body::write_some(std::size_t budget) {
  slice turn{*db_, budget, form_.asked, before_.get(), written_, progress_};
  auto& out = end();
  for (; complete_ < form_.parts.size(); ++complete_) {
    auto const& part = form_.parts[complete_];
    if (!std::exchange(is_begun_, true) && !part.key.empty()) {
      text::json::append_comma(out);
      out.append("\"").append(part.key).append("\":[");
    }
    if (turn.budget == 0 || !part.write_some(turn, out)) {
      return false;
    }
    out.append(part.key.empty() ? "" : "]");
    is_begun_ = false;
    progress_ = {};
  }
  out.append(form_.closing);
  if (!form_.key.empty() && text_.more.empty()) {
    written_.text = std::move(text_.text);
    shared_ = cache_->keep(form_.key, std::move(written_));
  }
  return true;
}

http::body listing_body::finish() {
  return shared_ == nullptr ? std::move(text_) : http::body{std::move(shared_)};
}

http::reply begin(listing_body body) {
  if (body.write_some(first_slice)) {
    return json_reply(body.finish());
  }
  return json_reply(std::make_unique<listing_body>(std::move(body)));
}

}  // namespace nsqlookupd::http_api
