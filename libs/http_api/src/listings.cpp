// SPDX-License-Identifier: MIT
#include "listings.hpp"

#include "members.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

using registry::listed_producer;
using registry::peer_info;
using registry::time_point;

// Go's time.Time{}.UnixNano() gives this: the year 1 does not fit into 64 bits of nanoseconds.
constexpr std::int64_t never = -6795364578871345152;

std::int64_t nanoseconds_of(time_point when) noexcept {
  return when.time_since_epoch().count();
}

/// The next producer of an array in `/lookup`.
void append_lookup_producer(std::string& out, peer_info const& peer) {
  text::json::append_comma(out);
  append_peer(out, peer);
  out.push_back('}');
}

/// A producer in `/nodes`.
void append_node(std::string& out, peer_info const& peer,
                 std::span<registry::node_topic const> topics) {
  append_peer(out, peer);
  out.append(R"(,"tombstones":[)");
  for (auto const& topic : topics) {
    text::json::append_comma(out);
    out.append(topic.tombstoned ? "true" : "false");
  }
  out.append(R"(],"topics":[)");
  for (auto const& topic : topics) {
    text::json::append_comma(out);
    text::json::append_name(out, topic.name);
  }
  out.append("]}");
}

/// The next producer of an array in `/debug`.
void append_registered(std::string& out, listed_producer const& producer) {
  auto const& peer = producer.peer;
  text::json::append_comma(out);
  append_text(out, R"({"broadcast_address":)", peer.broadcast_address);
  append_text(out, R"(,"hostname":)", peer.hostname);
  append_number(out, R"(,"http_port":)", peer.http_port);
  append_text(out, R"(,"id":)", peer.remote_address);
  append_number(out, R"(,"last_update":)", nanoseconds_of(producer.last_update));
  append_number(out, R"(,"tcp_port":)", peer.tcp_port);
  out.append(producer.tombstoned_at ? R"(,"tombstoned":true)" : R"(,"tombstoned":false)");
  append_number(out, R"(,"tombstoned_at":)",
                producer.tombstoned_at ? nanoseconds_of(*producer.tombstoned_at) : never);
  append_text(out, R"(,"topology_region":)", peer.topology_region);
  append_text(out, R"(,"topology_zone":)", peer.topology_zone);
  append_text(out, R"(,"version":)", peer.version);
  out.push_back('}');
}

auto name_writer(std::string& out) {
  return [&out](std::string_view name) {
    text::json::append_comma(out);
    text::json::append_name(out, name);
  };
}

/// The text of this node in the answer from before; null when it is not right any more.
written_node const* find_before(written_answer const* before, listed_producer const& node) {
  auto const index = static_cast<std::size_t>(node.id);
  if (before == nullptr || index >= before->nodes.size()) {
    return nullptr;
  }
  auto const& text = before->nodes[index];
  return text.size != 0 && before->is_right(node.changed) ? &text : nullptr;
}

void append_listed_node(listed_producer const& node, slice const& turn, std::string& out) {
  text::json::append_comma(out);
  auto const begin = out.size();
  if (auto const* const same = find_before(turn.before, node)) {
    out.append(turn.before->text, same->begin, same->size);
  } else {
    append_node(out, node.peer, turn.db.topics_of(node.id));
  }
  auto& nodes = turn.written.nodes;
  auto const index = static_cast<std::size_t>(node.id);
  if (index >= nodes.size()) {
    nodes.resize(index + 1);
  }
  // In a text of several pieces these positions mean nothing, but such a text is not kept.
  nodes[index] = {static_cast<std::uint32_t>(begin),
                  static_cast<std::uint32_t>(out.size() - begin)};
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
  if (!turn.db.list_registered(name.topic, name.channel, at.producer, turn.budget, write)) {
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
    if (!turn.db.next_registration(at.name)) {
      return true;
    }
    at.is_inside = at.name.channel.empty() == of_topics;
    --turn.budget;
  }
  return false;
}

}  // namespace

void append_peer(std::string& out, peer_info const& peer) {
  append_text(out, R"({"remote_address":)", peer.remote_address);
  append_text(out, R"(,"hostname":)", peer.hostname);
  append_text(out, R"(,"broadcast_address":)", peer.broadcast_address);
  append_number(out, R"(,"tcp_port":)", peer.tcp_port);
  append_number(out, R"(,"http_port":)", peer.http_port);
  append_text(out, R"(,"version":)", peer.version);
  append_text(out, R"(,"topology_zone":)", peer.topology_zone);
  append_text(out, R"(,"topology_region":)", peer.topology_region);
}

bool write_topics(slice& turn, std::string& out) {
  return turn.db.list_topics(turn.at.name.topic, turn.budget, name_writer(out));
}

bool write_empty_topics(slice& turn, std::string& out) {
  auto const write = [&](std::string_view name, time_point since) {
    text::json::append_comma(out);
    out.append("{\"topic\":");
    text::json::append_name(out, name);
    append_moment(out, ",\"since\":", since);
    out.push_back('}');
  };
  return turn.db.list_empty_topics(turn.at.name.topic, turn.budget, write);
}

bool write_channels(slice& turn, std::string& out) {
  return turn.db.list_channels(turn.asked, turn.at.name.channel, turn.budget, name_writer(out));
}

bool write_all_channels(slice& turn, std::string& out) {
  auto& at = turn.at;
  for (; !at.is_collected && turn.budget > 0; --turn.budget) {
    at.is_collected = !turn.db.next_registration(at.name);
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
    if (producer.is_active && !producer.tombstoned_until) {
      append_lookup_producer(out, producer.peer);
    }
  };
  return turn.db.list_registered(turn.asked, {}, turn.at.producer, turn.budget, write);
}

bool write_all_lookups(slice& turn, std::string& out) {
  auto const write = [&](listed_producer const& producer) {
    if (producer.is_active &&
        !std::ranges::all_of(turn.db.topics_of(producer.id), &registry::node_topic::tombstoned)) {
      append_lookup_producer(out, producer.peer);
    }
  };
  return turn.db.list_producers(turn.at.producer, turn.budget, write);
}

bool write_nodes(slice& turn, std::string& out) {
  auto const write = [&](listed_producer const& node) {
    if (node.is_active) {
      append_listed_node(node, turn, out);
    }
  };
  return turn.db.list_producers(turn.at.producer, turn.budget, write);
}

bool write_clients(slice& turn, std::string& out) {
  auto const write = [&](listed_producer const& producer) { append_registered(out, producer); };
  return turn.db.list_producers(turn.at.producer, turn.budget, write);
}

bool write_debug_channels(slice& turn, std::string& out) {
  return write_registrations(turn, out, false);
}

bool write_debug_topics(slice& turn, std::string& out) {
  return write_registrations(turn, out, true);
}

}  // namespace nsqlookupd::http_api
