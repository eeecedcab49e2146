// SPDX-License-Identifier: MIT
#include "event_history.hpp"

#include "members.hpp"

#include <algorithm>

namespace nsqlookupd::http_api {
namespace {

using registry::change;
using registry::peer_info;

// Bytes after which a list ends and a feed is sent.
constexpr std::size_t enough_for_a_list = std::size_t{1} << 20U;
constexpr std::size_t enough_for_a_feed = std::size_t{32} << 10U;

void append_producer(std::string& out, peer_info const& peer) {
  append_text(out, R"({"remote_address":)", peer.remote_address);
  append_text(out, R"(,"broadcast_address":)", peer.broadcast_address);
  append_text(out, R"(,"hostname":)", peer.hostname);
  append_number(out, R"(,"tcp_port":)", peer.tcp_port);
  append_number(out, R"(,"http_port":)", peer.http_port);
  append_text(out, R"(,"version":)", peer.version);
  out.push_back('}');
}

void append_event(std::string& out, change const& made) {
  append_number(out, R"({"revision":)", made.revision);
  append_moment(out, R"(,"time":)", made.time);
  append_text(out, R"(,"kind":)", name_of(made.kind));
  append_text(out, R"(,"topic":)", made.topic);
  append_text(out, R"(,"channel":)", made.channel);
  out.append(R"(,"producer":)");
  if (made.producer == nullptr) {
    out.append("null");
  } else {
    append_producer(out, *made.producer);
  }
  append_text(out, R"(,"cause":)", made.cause);
  out.push_back('}');
}

bool is_one_of(std::vector<std::string> const& wanted, std::string_view value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

}  // namespace

bool event_filter::includes(change const& made) const {
  return is_one_of(topics, made.topic) && is_one_of(kinds, name_of(made.kind));
}

std::string events_gone(registry::journal const& changes, std::uint64_t next) {
  std::string text = R"({"message":"EVENTS_GONE","oldest":)";
  text::append_number(text, changes.oldest().value_or(next));
  return text.append("}");
}

event_list::event_list(registry::registration_db const& db, event_filter filter,
                       std::uint64_t since, std::size_t limit)
    : db_{&db}, filter_{std::move(filter)}, at_{since}, left_{limit} {}

bool event_list::write_some(std::size_t budget) {
  auto const see = [&](change const& made) {
    if (filter_.includes(made)) {
      text::json::append_comma(text_);
      append_event(text_, made);
      --left_;
    }
  };
  while (budget > 0 && left_ > 0 && text_.size() < enough_for_a_list && at_ != db_->revision()) {
    // One by one, since the next may be too many.
    std::size_t one = 1;
    db_->changes().read(at_, one, see);
    if (one != 0) {
      at_ = db_->revision();
    }
    --budget;
  }
  if (budget == 0) {
    return false;
  }
  append_number(text_, R"(],"next":)", at_);
  text_.push_back('}');
  return true;
}

event_feed::state event_feed::write_some(std::size_t budget) {
  auto const& changes = db_->changes();
  if (at_ < changes.forgotten()) {
    text_.append("event: gone\ndata: ").append(events_gone(changes, db_->revision() + 1));
    text_.append("\n\n");
    at_ = changes.forgotten();
  }
  auto const see = [&](change const& made) {
    if (!filter_.includes(made)) {
      return;
    }
    append_number(text_, "id: ", made.revision);
    text_.append("\nevent: change\ndata: ");
    append_event(text_, made);
    text_.append("\n\n");
  };
  constexpr std::size_t few = 16;
  bool is_more = true;
  while (is_more && budget > 0 && text_.size() < enough_for_a_feed) {
    auto part = std::min(few, budget);
    budget -= part;
    changes.read(at_, part, see);
    is_more = part == 0;
  }
  if (!text_.empty()) {
    return state::ready;
  }
  return is_more ? state::busy : state::idle;
}

http::body event_feed::take() {
  text_.append(http::after_events);
  return std::exchange(text_, {});
}

}  // namespace nsqlookupd::http_api
