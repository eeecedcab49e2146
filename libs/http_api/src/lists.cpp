// SPDX-License-Identifier: MIT
#include "lists.hpp"

#include <nsqlookupd/http_api/json_writer.hpp>

#include "views.hpp"

#include <algorithm>
#include <span>

namespace nsqlookupd::http_api {
namespace {

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
    turn.db.list_lookup_producers(topic_, turn.now, write);
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
  auto const write = [&out](peer_info const& peer, std::span<node_topic const> topics,
                            registry::time_point) {
    auto const is_tombstoned = [](node_topic const& topic) { return topic.tombstoned; };
    if (!std::all_of(topics.begin(), topics.end(), is_tombstoned)) {
      json::append_comma(out);
      append_producer(out, peer);
    }
  };
  return ended(turn, turn.db.list_nodes(after_, turn.budget, turn.now, write), after_);
}

bool node_list::write_some(slice& turn, std::string& out) {
  if (turn.budget == 0) {
    return false;
  }
  auto const write = [&, this](peer_info const& peer, std::span<node_topic const> topics,
                               registry::time_point good_until) {
    json::append_comma(out);
    append_node(out, peer, topics);
    good_until_ = std::min(good_until_, good_until);
  };
  return ended(turn, turn.db.list_nodes(after_, turn.budget, turn.now, write), after_);
}

}  // namespace nsqlookupd::http_api
