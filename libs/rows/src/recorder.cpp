// SPDX-License-Identifier: MIT
#include <nsqlookupd/rows/recorder.hpp>
#include <nsqlookupd/text/json.hpp>
#include <nsqlookupd/text/number.hpp>

#include <array>
#include <utility>

namespace nsqlookupd::rows {
namespace {

using registry::change_kind;
using registry::peer_info;
using registry::producer_id;
using registry::registration_db;
using text::json::append_comma;
using text::json::append_name;

// So much waits in memory to be written, at most; the rest stays noted.
constexpr std::size_t enough_for_a_batch = std::size_t{4} << 20U;

constexpr std::array stored_texts{&peer_info::remote_address,    &peer_info::hostname,
                                  &peer_info::broadcast_address, &peer_info::version,
                                  &peer_info::topology_zone,     &peer_info::topology_region};
constexpr auto registrations_text = stored_texts.size();
constexpr auto tombstones_text = registrations_text + 1;

bool is_of_topics(change_kind kind) noexcept {
  return kind == change_kind::topic_added || kind == change_kind::topic_removed ||
         kind == change_kind::channel_added || kind == change_kind::channel_removed;
}

}  // namespace

void recorder::note(producer_id id) {
  if (auto const at = static_cast<std::size_t>(id); at >= marks_.size()) {
    marks_.resize(at + 1);
  }
  if (!std::exchange(mark_of(id).is_noted, true)) {
    noted_.push_back(id);
  }
}

void recorder::on_change(registry::change const& made) {
  if (made.producer != nullptr) {
    note(made.id);
  }
  if (is_of_topics(made.kind) && !noted_topics_.contains(made.topic)) {
    noted_topics_.emplace(made.topic);
  }
}

void recorder::on_registrations_lost(std::span<producer_id const> producers) {
  for (auto const id : producers) {
    note(id);
  }
}

void recorder::note_all() {
  noted_.clear();
  noted_topics_.clear();
  due_topics_.clear();
  due_.clear();
  due_.reserve(marks_.size());
  for (auto& each : marks_) {
    due_.push_back(producer_id{static_cast<std::uint32_t>(due_.size())});
    each = {.is_noted = true};
  }
  topics_behind_.emplace();
  begins_anew_ = is_anew_ = true;
  left_out_ = false;
  topic_.clear();
  producer_.reset();
  row_begin_.reset();
}

bool recorder::is_due() const noexcept {
  return topics_behind_ || !due_topics_.empty() || !due_.empty() || producer_ || !topic_.empty();
}

bool recorder::has_notes() const noexcept {
  return is_due() || is_anew_ || !noted_.empty() || !noted_topics_.empty();
}

bool recorder::collect(registration_db const& db, std::size_t budget, batch& into) {
  if (std::exchange(begins_anew_, false)) {
    into.clear();
    into.begins_anew = true;
  } else if (!is_due()) {
    std::swap(due_, noted_);
    std::swap(due_topics_, noted_topics_);
  }
  if (is_anew_) {
    // To grow by and by would copy megabytes within one turn.
    into.text.reserve(enough_for_a_batch);
  }
  while (budget > 0) {
    if (topic_.empty() && !producer_) {
      bool const is_full = into.size() >= enough_for_a_batch;
      if (is_full || !open_next(db)) {
        finish(db, into, !is_full);
        return true;
      }
    }
    if (!topic_.empty()) {
      collect_topic(db, budget, into);
    } else {
      collect_producer(db, budget, into);
    }
  }
  return false;
}

void recorder::finish(registration_db const& db, batch& into, bool is_end) {
  into.revision = db.revision();
  if (is_anew_ && is_end) {
    is_anew_ = std::exchange(left_out_, false);
  }
  into.is_complete = !is_anew_;
}

bool recorder::open_next(registration_db const& db) {
  if (topics_behind_) {
    std::size_t one = 1;
    if (!db.list_topics(*topics_behind_, one, [](std::string_view) {})) {
      topic_ = *topics_behind_;
      return true;
    }
    topics_behind_.reset();
  }
  if (!due_topics_.empty()) {
    topic_ = std::move(due_topics_.extract(due_topics_.begin()).value());
    return true;
  }
  if (due_.empty()) {
    return false;
  }
  producer_ = due_.back();
  due_.pop_back();
  mark_of(*producer_).is_noted = false;
  return true;
}

void recorder::collect_topic(registration_db const& db, std::size_t& budget, batch& into) {
  auto& text = into.text;
  if (!row_begin_) {
    row_begin_ = text.size();
    text.append(topic_).push_back('[');
    channel_.clear();
  }
  bool const is_end = db.list_channels(topic_, channel_, budget, [&](std::string_view channel) {
    append_comma(text);
    append_name(text, channel);
  });
  if (!is_end) {
    return;
  }
  --budget;
  topic_row row{.begin = *row_begin_, .name_size = topic_.size()};
  if (db.has_topic(topic_)) {
    text.push_back(']');
    row.channels_size = text.size() - row.begin - row.name_size;
  } else {
    text.resize(row.begin + row.name_size);
  }
  into.topics.push_back(row);
  row_begin_.reset();
  topic_.clear();
}

void recorder::collect_producer(registration_db const& db, std::size_t& budget, batch& into) {
  auto& own = mark_of(*producer_);
  if (!row_begin_) {
    --budget;
    if (!begin_producer(db, into)) {
      if (std::exchange(own.is_stored, false)) {
        into.producers.push_back({.id = *producer_});
      }
      producer_.reset();
      return;
    }
  } else if (own.is_noted) {
    // It has changed since the page before.
    into.text.resize(*row_begin_);
    row_begin_.reset();
    producer_.reset();
    left_out_ = is_anew_;
    return;
  }
  if (budget > 0 &&
      db.registrations_of(*producer_, position_, budget,
                          [&](registry::listed_registration const& one) { add(one, into.text); })) {
    own.is_stored = true;
    end_producer(into);
  }
}

bool recorder::begin_producer(registration_db const& db, batch& into) {
  auto& text = into.text;
  row_ = {.id = *producer_, .is_gone = false, .begin = text.size()};
  bool is_in_scope = false;
  bool const is_known = db.read_producer(*producer_, [&](registry::listed_producer const& one) {
    is_in_scope = scope_ == scope::all || one.known_by == registry::origin::connection;
    row_.is_silent = !one.is_active || one.known_by == registry::origin::store;
    row_.tcp_port = one.peer.tcp_port;
    row_.http_port = one.peer.http_port;
    row_.last_seen = one.last_update;
    for (std::size_t index = 0; index < stored_texts.size(); ++index) {
      auto const& value = one.peer.*stored_texts[index];
      row_.sizes[index] = value.size();
      text.append(value);
    }
  });
  if (is_known && is_in_scope) {
    row_begin_ = row_.begin;
    row_.sizes[registrations_text] = text.size();
    text.push_back('{');
    tombstones_.assign(1, '{');
    position_ = {};
  } else {
    text.resize(row_.begin);
  }
  return row_begin_.has_value();
}

void recorder::add(registry::listed_registration const& one, std::string& text) {
  if (!one.channel.empty()) {
    append_comma(text);
    append_name(text, one.channel);
    return;
  }
  if (text.back() != '{') {
    text.append("],");
  }
  append_name(text, one.topic);
  text.append(":[");
  if (one.tombstoned_at) {
    append_comma(tombstones_);
    append_name(tombstones_, one.topic);
    tombstones_.push_back(':');
    text::append_number(tombstones_, microseconds_of(*one.tombstoned_at));
  }
}

void recorder::end_producer(batch& into) {
  auto& text = into.text;
  text.append(text.back() == '{' ? "}" : "]}");
  auto& size = row_.sizes[registrations_text];
  size = text.size() - size;
  text.append(tombstones_).push_back('}');
  row_.sizes[tombstones_text] = tombstones_.size() + 1;
  into.producers.push_back(row_);
  row_begin_.reset();
  producer_.reset();
}

}  // namespace nsqlookupd::rows
