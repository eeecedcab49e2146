// SPDX-License-Identifier: MIT
#include "listings.hpp"

#include <nsqlookupd/text/json.hpp>

#include "views.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

using registry::listed_producer;
using registry::time_point;

auto name_writer(std::string& out) {
  return [&out](std::string_view name) {
    text::json::append_comma(out);
    text::json::append_name(out, name);
  };
}

/// Keeps the position at which a listing stopped; true when it did not stop but ended.
template <class Position>
bool ended(std::optional<Position> stopped_at, Position& after) {
  if (!stopped_at) {
    return true;
  }
  after = std::move(*stopped_at);
  return false;
}

/// The text of this node in the answer from before; null when it is not right any more.
written_node const* find_before(written_answer const* before, listed_producer const& node,
                                time_point now) {
  auto const index = static_cast<std::size_t>(node.id);
  if (before == nullptr || index >= before->nodes.size()) {
    return nullptr;
  }
  auto const& text = before->nodes[index];
  return text.size != 0 && before->is_right(node.changed, text.good_until, now) ? &text : nullptr;
}

void append_listed_node(listed_producer const& node, slice const& turn, std::string& out) {
  text::json::append_comma(out);
  auto const begin = out.size();
  time_point good_until;
  if (auto const* const same = find_before(turn.before, node, turn.now)) {
    out.append(turn.before->text, same->begin, same->size);
    good_until = same->good_until;
  } else {
    auto const topics = turn.db.topics_of(node.id, turn.now);
    append_node(out, node.peer, topics.list);
    good_until = topics.good_until;
  }
  auto& [text, revision, made_at, whole_until, nodes] = turn.written;
  auto const index = static_cast<std::size_t>(node.id);
  if (index >= nodes.size()) {
    nodes.resize(index + 1);
  }
  // In a text of several pieces these positions mean nothing, but such a text is not kept.
  nodes[index] = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(out.size() - begin),
                  good_until};
  whole_until = std::min({whole_until, good_until, node.active_until});
}

/// Writes on with the member for the topic or channel at which the turn is; true when that ends.
bool write_registered(slice& turn, std::string& out) {
  auto& at = turn.at;
  auto const& name = at.name;
  auto const write = [&](listed_producer const& producer) {
    if (!std::exchange(at.has_key, true)) {
      text::json::append_comma(out);
      out.append(name.channel.empty() ? "\"topic:" : "\"channel:");
      out.append(name.topic).append(":").append(name.channel).append("\":[");
    }
    append_registered(out, producer);
  };
  if (!ended(turn.db.list_registered(name.topic, name.channel, at.producer, turn.budget, write),
             at.producer)) {
    return false;
  }
  out.append(std::exchange(at.has_key, false) ? "]" : "");
  at.producer = {};
  return true;
}

bool write_registrations(slice& turn, std::string& out, bool of_topics) {
  auto& at = turn.at;
  while (turn.budget > 0) {
    if (at.is_inside) {
      at.is_inside = !write_registered(turn, out);
      continue;
    }
    if (ended(turn.db.next_registration(at.name), at.name)) {
      return true;
    }
    at.is_inside = at.name.channel.empty() == of_topics;
    --turn.budget;
  }
  return false;
}

}  // namespace

bool write_topics(slice& turn, std::string& out) {
  auto& after = turn.at.name.topic;
  return ended(turn.db.list_topics(after, turn.budget, name_writer(out)), after);
}

bool write_channels(slice& turn, std::string& out) {
  auto& after = turn.at.name.channel;
  return ended(turn.db.list_channels(turn.asked, after, turn.budget, name_writer(out)), after);
}

bool write_all_channels(slice& turn, std::string& out) {
  auto& at = turn.at;
  for (; !at.is_collected && turn.budget > 0; --turn.budget) {
    at.is_collected = ended(turn.db.next_registration(at.name), at.name);
    if (!at.is_collected && !at.name.channel.empty()) {
      at.names.insert(at.name.channel);
    }
  }
  // Written names are let go of at once: to free them all at the end would be long work again.
  for (; at.is_collected && turn.budget > 0 && !at.names.empty(); --turn.budget) {
    name_writer(out)(at.names.extract(at.names.begin()).value());
  }
  return at.is_collected && at.names.empty();
}

bool write_lookup(slice& turn, std::string& out) {
  auto const write = [&](listed_producer const& producer) {
    if (!producer.is_active(turn.now)) {
      return;
    }
    bool const is_hidden = producer.is_tombstoned(turn.now);
    auto const until = is_hidden ? producer.tombstoned_until : producer.active_until;
    turn.written.good_until = std::min(turn.written.good_until, until);
    if (!is_hidden) {
      append_producer(out, producer.peer);
    }
  };
  auto& after = turn.at.producer;
  return ended(turn.db.list_registered(turn.asked, {}, after, turn.budget, write), after);
}

bool write_all_lookups(slice& turn, std::string& out) {
  auto const write = [&](listed_producer const& producer) {
    if (producer.is_active(turn.now) &&
        !std::ranges::all_of(turn.db.topics_of(producer.id, turn.now).list,
                             &registry::node_topic::tombstoned)) {
      append_producer(out, producer.peer);
    }
  };
  return ended(turn.db.list_producers(turn.at.producer, turn.budget, write), turn.at.producer);
}

bool write_nodes(slice& turn, std::string& out) {
  auto const write = [&](listed_producer const& node) {
    if (node.is_active(turn.now)) {
      append_listed_node(node, turn, out);
    }
  };
  return ended(turn.db.list_producers(turn.at.producer, turn.budget, write), turn.at.producer);
}

bool write_clients(slice& turn, std::string& out) {
  auto const write = [&](listed_producer const& producer) { append_registered(out, producer); };
  return ended(turn.db.list_producers(turn.at.producer, turn.budget, write), turn.at.producer);
}

bool write_debug_channels(slice& turn, std::string& out) {
  return write_registrations(turn, out, false);
}

bool write_debug_topics(slice& turn, std::string& out) {
  return write_registrations(turn, out, true);
}

}  // namespace nsqlookupd::http_api
