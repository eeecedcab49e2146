// SPDX-License-Identifier: MIT
#include "watch_stream.hpp"

#include <nsqlookupd/registry/names.hpp>
#include <nsqlookupd/text/json.hpp>

#include "listings.hpp"

#include <algorithm>
#include <limits>

namespace nsqlookupd::http_api {
namespace {

using registry::change;

// Topics that are due at a time; where there are more, those with a greater index have to wait.
constexpr std::size_t most_due = 1024;

// A lookup that changes whenever it is written would never be sent.
constexpr unsigned most_torn = 3;

constexpr std::string_view end_of_event = "\n\n\r\n";

// Many topics are looked up as fast as one producer is listed.
constexpr std::string_view single_key = "\r";
constexpr std::string_view named_key = "\n";

}  // namespace

watch_stream::watch_stream(registry::registration_db const& db, answer_cache& cache,
                           std::vector<std::string> topics, std::optional<std::uint64_t> since)
    : db_{&db}, cache_{&cache}, topics_{std::move(topics)}, sent_{since} {}

bool watch_stream::is_of_all() const noexcept {
  return topics_.front() == registry::any_topic;
}

watch_stream::state watch_stream::write_some(std::size_t budget) {
  while (budget > 0) {
    if (writing_) {
      if (!writing_->write_some(budget)) {
        return state::busy;
      }
      if (end_event()) {
        return state::ready;
      }
    } else if (!target_ && !due_.empty()) {
      --budget;
      if (begin_event()) {
        return state::ready;
      }
    } else if (!target_ && sent_ == db_->revision()) {
      return state::idle;
    } else if (!collect(budget)) {
      return state::busy;
    }
  }
  return state::busy;
}

bool watch_stream::collect(std::size_t& budget) {
  if (!target_) {
    begin_collecting();
  }
  bool const is_whole = !is_of_all()  ? collect_named(budget)
                        : by_journal_ ? collect_changed(budget)
                                      : collect_all(budget);
  if (is_whole) {
    end_collecting();
  }
  return is_whole;
}

void watch_stream::begin_collecting() {
  target_ = db_->revision();
  left_out_.reset();
  at_index_ = 0;
  at_name_.clear();
  at_revision_ = sent_.value_or(0);
  by_journal_ = sent_ && *sent_ >= std::max(db_->changes().forgotten(), db_->unnamed_changed());
}

bool watch_stream::collect_named(std::size_t& budget) {
  for (; at_index_ < topics_.size(); ++at_index_) {
    if (budget == 0) {
      return false;
    }
    --budget;
    note(topics_[at_index_]);
  }
  return true;
}

bool watch_stream::collect_all(std::size_t& budget) {
  auto const see = [this](std::string_view topic) { note(topic); };
  if (budget == 0 || !db_->list_topics(at_name_, budget, see)) {
    return false;
  }
  if (sent_) {
    db_->list_removed(*sent_, see);
  }
  return true;
}

bool watch_stream::collect_changed(std::size_t& budget) {
  auto const see = [this](change const& made) {
    if (!made.topic.empty()) {
      note(made.topic);
    }
  };
  bool const is_remembered = at_revision_ >= db_->changes().forgotten();
  db_->changes().read(at_revision_, budget, see);
  if (!is_remembered) {
    by_journal_ = false;
    return budget != 0 && collect_all(budget);
  }
  // Not every revision is that of a change.
  return budget != 0 || at_revision_ >= *target_;
}

void watch_stream::note(std::string_view topic) {
  auto const index = db_->lookup_changed(topic);
  if ((sent_ && index <= *sent_) || index > *target_) {
    return;
  }
  due_.emplace_back(index, topic);
  if (due_.size() > 2 * most_due) {
    std::ranges::nth_element(due_, due_.begin() + most_due);
    auto const least = due_[most_due].first;
    left_out_ = std::min(left_out_.value_or(least), least);
    due_.resize(most_due);
  }
}

void watch_stream::end_collecting() {
  std::ranges::sort(due_, std::greater{});
  auto const again = std::ranges::unique(due_);
  due_.erase(again.begin(), again.end());
  if (left_out_) {
    std::erase_if(due_, [&](due_topic const& each) { return each.first >= *left_out_; });
    sent_ = *left_out_ - 1;
  } else {
    sent_ = target_;
  }
  target_.reset();
}

std::string watch_stream::opening(due_topic const& due, std::string_view event) const {
  // Topics that never were have one index: a client may go on behind the last of them alone. Others
  // that have one get their own soon.
  bool const has_id =
      db_->has_topic(due.second) || due_.empty() || due_.back().first != due.first;
  auto text = has_id ? "id: " + std::to_string(due.first) + '\n' : std::string{};
  text.append("event: ").append(event).append("\ndata: {");
  if (is_of_all() || topics_.size() > 1) {
    text.append("\"topic\":");
    text::json::append_name(text, due.second);
  }
  return text;
}

// A topic that has changed again comes again, with its new index.
bool watch_stream::begin_event() {
  written_ = std::move(due_.back());
  due_.pop_back();
  auto const& [index, topic] = written_;
  if (db_->lookup_changed(topic) != index) {
    return false;
  }
  if (!db_->has_topic(topic)) {
    auto text = opening(written_, "not_found");
    text::json::append_comma(text);
    event_ = text.append("\"message\":\"TOPIC_NOT_FOUND\"}").append(end_of_event);
    return true;
  }
  bool const is_named = is_of_all() || topics_.size() > 1;
  auto key = std::string{is_named ? named_key : single_key} + topic;
  if (auto last = cache_->find(key); last != nullptr && last->is_right(index)) {
    auto const* const text = &last->text;
    event_ = http::shared_text{std::move(last), text};
    return true;
  }
  writing_ = std::make_unique<listing_body>(
      *db_, *cache_,
      listing_form{.asked = topic,
                   .parts = {{"channels", write_channels}, {"producers", write_lookup}},
                   .key = std::move(key),
                   .opening = opening(written_, "lookup"),
                   .closing = "}\n\n\r\n"});
  return false;
}

bool watch_stream::end_event() {
  auto const writing = std::move(writing_);
  event_ = writing->finish();
  if (db_->lookup_changed(written_.second) != written_.first && ++torn_ < most_torn) {
    return false;
  }
  torn_ = 0;
  return true;
}

}  // namespace nsqlookupd::http_api
