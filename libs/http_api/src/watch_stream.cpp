// SPDX-License-Identifier: MIT
#include "watch_stream.hpp"

#include <nsqlookupd/registry/names.hpp>
#include <nsqlookupd/text/json.hpp>

#include <algorithm>
#include <functional>
#include <tuple>

namespace nsqlookupd::http_api {
namespace {

using registry::change;

// Topics that are due at a time, unless they have one index; where there are more, those with a
// greater index have to wait.
constexpr std::size_t most_due = 128;

// A lookup that changes whenever it is written would never be sent.
constexpr unsigned most_torn = 3;

constexpr std::string_view closing = "}\n\n\r\n";

// Before a topic, where its events are cached: with the topic in them, or without.
constexpr std::string_view single_key = "\r";
constexpr std::string_view named_key = "\n";

}  // namespace

watch_stream::watch_stream(registry::registration_db const& db, answer_cache& cache,
                           std::vector<std::string> topics, std::optional<std::uint64_t> since)
    : db_{&db}, cache_{&cache}, topics_{std::move(topics)}, sent_{since} {
  // Which topics have gone since then is not known.
  if (is_of_all() && sent_ && *sent_ < db.unknown_changed()) {
    sent_.reset();
    cached_ = std::make_shared<std::string const>("event: reset\ndata: {}\n\n\r\n");
  }
}

bool watch_stream::is_of_all() const noexcept {
  return topics_.front() == registry::any_topic;
}

bool watch_stream::is_of_one() const noexcept {
  return topics_.size() == 1 && !is_of_all();
}

watch_stream::state watch_stream::write_some(std::size_t budget) {
  if (cached_ != nullptr) {
    return state::ready;
  }
  if (!work_) {
    if (sent_ == db_->revision() ||
        (is_of_one() && sent_ >= db_->lookup_changed(topics_.front()))) {
      return state::idle;
    }
    if (take_cached()) {
      return state::ready;
    }
    work_ = std::make_unique<work>();
  }
  while (budget > 0) {
    if (work_->writing) {
      if (!work_->writing->write_some(budget)) {
        return state::busy;
      }
      if (end_event()) {
        return state::ready;
      }
    } else if (!work_->target && !work_->due.empty()) {
      --budget;
      if (begin_event()) {
        return state::ready;
      }
    } else if (!work_->target && sent_ == db_->revision()) {
      work_.reset();
      return state::idle;
    } else if (!collect(budget)) {
      return state::busy;
    }
  }
  return state::busy;
}

void watch_stream::release() {
  // Between topics that have one index a client cannot go on: it would be sent the first of them
  // again and again.
  if (work_ && !work_->due.empty() && work_->due.back().first == work_->written.first) {
    return;
  }
  if (work_ && !work_->target && !work_->due.empty()) {
    sent_ = work_->due.back().first - 1;
  }
  if (work_ && work_->writing) {
    sent_ = work_->written.first - 1;
  }
  work_.reset();
}

http::body watch_stream::take() {
  if (cached_ != nullptr) {
    return std::move(cached_);
  }
  return std::move(work_->event);
}

bool watch_stream::take_cached() {
  if (!is_of_one()) {
    return false;
  }
  auto const& topic = topics_.front();
  auto const index = db_->lookup_changed(topic);
  cached_ = cache_->find_text(key_of(topic), index);
  if (cached_ != nullptr) {
    sent_ = index;
  }
  return cached_ != nullptr;
}

bool watch_stream::collect(std::size_t& budget) {
  if (!work_->target) {
    begin_collecting();
  }
  bool const is_whole = is_of_all() ? collect_all(budget) : collect_named(budget);
  if (is_whole) {
    end_collecting();
  }
  return is_whole;
}

void watch_stream::begin_collecting() {
  work_->target = db_->revision();
  work_->left_out.reset();
  work_->most = 2 * most_due;
  work_->at_index = 0;
  work_->at_name.clear();
  work_->at_revision = sent_.value_or(0);
  work_->by_journal =
      sent_ && *sent_ >= std::max(db_->changes().forgotten(), db_->unnamed_changed());
}

bool watch_stream::collect_named(std::size_t& budget) {
  for (; work_->at_index < topics_.size(); ++work_->at_index) {
    if (budget == 0) {
      return false;
    }
    --budget;
    note(topics_[work_->at_index]);
  }
  return true;
}

bool watch_stream::collect_all(std::size_t& budget) {
  if (work_->by_journal) {
    return collect_changed(budget);
  }
  auto const see = [this](std::string_view topic) { note(topic); };
  if (budget == 0 || !db_->list_topics(work_->at_name, budget, see)) {
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
  bool const is_remembered = work_->at_revision >= db_->changes().forgotten();
  db_->changes().read(work_->at_revision, budget, see);
  if (!is_remembered) {
    work_->by_journal = false;
    return budget != 0 && collect_all(budget);
  }
  // Not every revision is that of a change.
  return budget != 0 || work_->at_revision >= *work_->target;
}

void watch_stream::note(std::string_view topic) {
  auto const index = db_->lookup_changed(topic);
  auto& due = work_->due;
  if ((sent_ && index <= *sent_) || index > *work_->target ||
      (work_->left_out && index >= *work_->left_out)) {
    return;
  }
  due.emplace_back(index, topic);
  if (due.size() <= work_->most) {
    return;
  }
  auto const rest = due.begin() + most_due;
  std::ranges::nth_element(due, rest);
  auto const least = rest->first;
  if (std::min_element(due.begin(), rest)->first == least) {
    // Topics that have one index are due together: a client could not go on between them.
    sort_due();
    work_->most = 2 * std::max(due.size(), most_due);
  } else {
    work_->left_out = least;
    due.resize(most_due);
  }
}

// A topic that has changed often was noted often.
void watch_stream::sort_due() {
  auto& due = work_->due;
  std::ranges::sort(due, std::greater{});
  auto const again = std::ranges::unique(due);
  due.erase(again.begin(), again.end());
}

void watch_stream::end_collecting() {
  auto& [due, most, target, by_journal, at_revision, at_index, at_name, left_out, writing, written,
         torn, event] = *work_;
  sort_due();
  if (left_out) {
    std::erase_if(due, [&](due_topic const& each) { return each.first >= *left_out; });
    sent_ = *left_out - 1;
  } else {
    sent_ = target;
  }
  target.reset();
}

std::string watch_stream::key_of(std::string_view topic) const {
  return std::string{is_of_one() ? single_key : named_key}.append(topic);
}

std::string watch_stream::opening(std::string_view event) const {
  auto const& [index, topic] = work_->written;
  auto const& due = work_->due;
  // Topics that never were have one index: a client may go on behind the last of them alone. Others
  // that have one get their own soon.
  bool const has_id = db_->has_topic(topic) || due.empty() || due.back().first != index;
  auto text = has_id ? "id: " + std::to_string(index) + '\n' : std::string{};
  text.append("event: ").append(event).append("\ndata: {");
  if (!is_of_one()) {
    text.append("\"topic\":");
    text::json::append_name(text, topic);
  }
  return text;
}

// A topic that has changed again comes again, with its new index.
bool watch_stream::begin_event() {
  auto& [index, topic] = work_->written;
  std::tie(index, topic) = std::move(work_->due.back());
  work_->due.pop_back();
  if (db_->lookup_changed(topic) != index) {
    return false;
  }
  if (!db_->has_topic(topic)) {
    auto text = opening("not_found");
    text::json::append_comma(text);
    work_->event = text.append(R"("message":"TOPIC_NOT_FOUND")").append(closing);
    return true;
  }
  auto key = key_of(topic);
  if (auto same = cache_->find_text(key, index)) {
    work_->event = std::move(same);
    return true;
  }
  work_->writing = std::make_unique<listing_body>(
      *db_, *cache_,
      listing_form{.asked = topic,
                   .parts = {{"channels", write_channels}, {"producers", write_lookup}},
                   .key = std::move(key),
                   .opening = opening("lookup"),
                   .closing = closing});
  return false;
}

bool watch_stream::end_event() {
  auto const writing = std::move(work_->writing);
  work_->event = writing->finish();
  auto const& [index, topic] = work_->written;
  if (db_->lookup_changed(topic) != index && ++work_->torn < most_torn) {
    return false;
  }
  work_->torn = 0;
  return true;
}

}  // namespace nsqlookupd::http_api
