// SPDX-License-Identifier: MIT
#include "lists.hpp"

#include <nsqlookupd/http_api/json_writer.hpp>

#include "views.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

using registry::listed_node;
using registry::node_topic;
using registry::peer_info;

// A topic's producers are in no order. Up to so many are sorted on the spot; with more, that would
// hold up others, and all producers are walked in order instead, page by page.
constexpr std::size_t sorted_on_the_spot = 1024;

/// Appends names as elements and counts them.
struct name_writer {
  std::string& out;
  std::size_t count = 0;

  void operator()(std::string_view name) {
    json::append_comma(out);
    json::append_name(out, name);
    ++count;
  }
};

/// Keeps where a listing stopped; true when it did not stop but ended.
template <class Position, class After>
bool ended(slice& turn, std::optional<Position> stopped_at, After& after) {
  if (!stopped_at) {
    return true;
  }
  turn.budget = 0;
  after = std::move(*stopped_at);
  return false;
}

}  // namespace

bool topic_list::write_some(slice& turn, std::string& out) {
  if (turn.budget == 0) {
    return false;
  }
  name_writer names{out};
  auto stopped_at = turn.db.list_topics(after_, turn.budget, std::ref(names));
  turn.spend(names.count);
  return ended(turn, std::move(stopped_at), after_);
}

bool channel_list::write_some(slice& turn, std::string& out) {
  if (turn.budget == 0) {
    return false;
  }
  name_writer names{out};
  auto stopped_at = turn.db.list_channels(topic_, after_, turn.budget, std::ref(names));
  turn.spend(names.count);
  return ended(turn, std::move(stopped_at), after_);
}

bool all_channels_list::collect_some(slice& turn) {
  auto const collect = [this](std::string_view name) {
    auto const at = names_.lower_bound(name);
    if (at == names_.end() || *at != name) {
      names_.emplace_hint(at, name);
    }
  };
  return ended(turn, turn.db.list_all_channels(after_, turn.budget, collect), after_);
}

bool all_channels_list::write_some(slice& turn, std::string& out) {
  if (turn.budget == 0) {
    return false;
  }
  if (!collected_) {
    collected_ = collect_some(turn);
  }
  // Written names are let go of at once: to free them all at the end would be long work again.
  name_writer names{out};
  while (turn.budget > 0 && !names_.empty()) {
    names(names_.extract(names_.begin()).value());
    turn.spend(1);
  }
  return collected_ && names_.empty();
}

bool lookup_list::write_some(slice& turn, std::string& out) {
  if (turn.budget == 0) {
    return false;
  }
  auto const write = [&out](peer_info const& peer) {
    json::append_comma(out);
    append_producer(out, peer);
  };
  if (producers_ <= sorted_on_the_spot) {
    good_until_ = turn.db.list_lookup_producers(topic_, turn.now, write);
    turn.spend(producers_);
    return true;
  }
  return ended(turn, turn.db.list_lookup_producers(topic_, after_, turn.budget, turn.now, write),
               after_);
}

bool all_lookups_list::write_some(slice& turn, std::string& out) {
  if (turn.budget == 0) {
    return false;
  }
  auto const write = [&out](listed_node const& node) {
    auto const is_tombstoned = [](node_topic const& topic) { return topic.tombstoned; };
    auto const topics = node.topics().list;
    if (!std::all_of(topics.begin(), topics.end(), is_tombstoned)) {
      json::append_comma(out);
      append_producer(out, node.peer());
    }
  };
  return ended(turn, turn.db.list_nodes(after_, turn.budget, turn.now, write), after_);
}

node_list::node_list(std::shared_ptr<written_listing const> before) : before_{std::move(before)} {
  if (before_ != nullptr) {
    nodes_.reserve(before_->nodes.size());
  }
}

written_node const* node_list::find_before(listed_node const& node, slice const& turn) const {
  if (before_ == nullptr || before_->epoch != turn.db.nodes_epoch() ||
      turn.now < before_->holds.made_at) {
    return nullptr;
  }
  auto const found = before_->nodes.find(node.version());
  bool const holds = found != before_->nodes.end() && turn.now <= found->second.good_until;
  return holds ? &found->second : nullptr;
}

void node_list::append(listed_node const& node, slice const& turn, std::string& out) {
  json::append_comma(out);
  auto const begin = out.size();
  registry::time_point good_until;
  if (auto const* const before = find_before(node, turn)) {
    out.append(before_->text, before->begin, before->size);
    good_until = before->good_until;
  } else {
    auto const topics = node.topics();
    append_node(out, node.peer(), topics.list);
    good_until = topics.good_until;
  }
  // Of a text in several pieces these places mean nothing, but such a text is not kept.
  nodes_.try_emplace(node.version(), static_cast<std::uint32_t>(begin),
                     static_cast<std::uint32_t>(out.size() - begin), good_until);
  good_until_ = std::min({good_until_, good_until, node.active_until()});
}

bool node_list::write_some(slice& turn, std::string& out) {
  if (turn.budget == 0) {
    return false;
  }
  auto const write = [&, this](listed_node const& node) { append(node, turn, out); };
  return ended(turn, turn.db.list_nodes(after_, turn.budget, turn.now, write), after_);
}

}  // namespace nsqlookupd::http_api
