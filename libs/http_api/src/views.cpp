// SPDX-License-Identifier: MIT
#include "views.hpp"

#include <nsqlookupd/http_api/json_writer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

// What Go's time.Time{}.UnixNano() comes to: the year 1 does not fit into 64 bits of nanoseconds.
constexpr std::int64_t never = -6795364578871345152;

// A member's beginning, `,"name":`, is one literal, so that it is one copy.
void append_text(std::string& out, std::string_view beginning, std::string_view value) {
  out.append(beginning);
  json::append_string(out, value);
}

void append_number(std::string& out, std::string_view beginning, std::int64_t value) {
  out.append(beginning);
  json::append_number(out, value);
}

void append_peer(std::string& out, registry::peer_info const& peer) {
  append_text(out, R"({"remote_address":)", peer.remote_address);
  append_text(out, R"(,"hostname":)", peer.hostname);
  append_text(out, R"(,"broadcast_address":)", peer.broadcast_address);
  append_number(out, R"(,"tcp_port":)", peer.tcp_port);
  append_number(out, R"(,"http_port":)", peer.http_port);
  append_text(out, R"(,"version":)", peer.version);
  append_text(out, R"(,"topology_zone":)", peer.topology_zone);
  append_text(out, R"(,"topology_region":)", peer.topology_region);
}

char* put(char* to, std::string_view text) noexcept {
  return std::copy(text.begin(), text.end(), to);
}

// These two are most of what /nodes writes: the size first, then the bytes, with no check between.
void append_tombstones(std::string& out, std::span<registry::node_topic const> topics) {
  constexpr std::string_view no = ",false";
  constexpr std::string_view yes = ",true";
  auto const first = out.size();
  out.resize(first + topics.size() * no.size());
  auto* to = out.data() + first;
  for (auto const& topic : topics) {
    auto const text = topic.tombstoned ? yes : no;
    to = put(to, to == out.data() + first ? text.substr(1) : text);
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
}

void append_names(std::string& out, std::span<registry::node_topic const> topics) {
  std::size_t size = 0;
  for (auto const& topic : topics) {
    size += topic.name.size() + std::string_view{R"("",)"}.size();
  }
  if (size == 0) {
    return;
  }
  auto const first = out.size();
  out.resize(first + size);
  auto* to = out.data() + first;
  for (auto const& topic : topics) {
    *to++ = '"';
    to = put(to, topic.name);
    *to++ = '"';
    *to++ = ',';
  }
  out.pop_back();
}

std::int64_t nanoseconds_of(registry::time_point when) noexcept {
  return when.time_since_epoch().count();
}

}  // namespace

void append_producer(std::string& out, registry::peer_info const& peer) {
  append_peer(out, peer);
  out.push_back('}');
}

void append_node(std::string& out, registry::peer_info const& peer,
                 std::span<registry::node_topic const> topics) {
  append_peer(out, peer);
  out.append(R"(,"tombstones":[)");
  append_tombstones(out, topics);
  out.append(R"(],"topics":[)");
  append_names(out, topics);
  out.append("]}");
}

void append_registered(std::string& out, registry::registered_producer const& producer) {
  auto const& peer = producer.peer;
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

}  // namespace nsqlookupd::http_api
