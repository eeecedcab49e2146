// SPDX-License-Identifier: MIT
#include "views.hpp"

#include <nsqlookupd/text/json.hpp>
#include <nsqlookupd/text/number.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

// Go's time.Time{}.UnixNano() gives this: the year 1 does not fit into 64 bits of nanoseconds.
constexpr std::int64_t never = -6795364578871345152;

// A member's beginning, `,"name":`, is one literal, so that it is one copy.
void append_text(std::string& out, std::string_view beginning, std::string_view value) {
  out.append(beginning);
  text::json::append_string(out, value);
}

void append_number(std::string& out, std::string_view beginning, std::int64_t value) {
  out.append(beginning);
  text::append_number(out, value);
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

std::int64_t nanoseconds_of(registry::time_point when) noexcept {
  return when.time_since_epoch().count();
}

}  // namespace

void append_producer(std::string& out, registry::peer_info const& peer) {
  text::json::append_comma(out);
  append_peer(out, peer);
  out.push_back('}');
}

void append_node(std::string& out, registry::peer_info const& peer,
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

void append_registered(std::string& out, registry::listed_producer const& producer) {
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

}  // namespace nsqlookupd::http_api
