// SPDX-License-Identifier: MIT
#include "registry_lines.hpp"

namespace nsqlookupd::test_support {

std::string peer_line(registry::peer_info const& peer) {
  auto line = peer.remote_address;
  if (!peer.hostname.empty()) {
    line += '/';
    line += peer.hostname;
  }
  return line;
}

std::string node_line(registry::peer_info const& peer,
                      std::span<registry::node_topic const> topics) {
  auto line = peer_line(peer) + ':';
  for (auto const& topic : topics) {
    line += ' ';
    line += topic.name;
    line += topic.tombstoned ? "!" : "";
  }
  return line;
}

std::string entry_line(registry::peer_info const& peer, registry::time_point last_update,
                       std::optional<registry::time_point> tombstoned_at) {
  auto line = peer_line(peer) + '@';
  line += std::to_string(last_update.time_since_epoch().count());
  if (tombstoned_at) {
    line += '!';
    line += std::to_string(tombstoned_at->time_since_epoch().count());
  }
  return line;
}

std::string empty_topic_line(std::string_view topic, registry::time_point since) {
  return std::string{topic} + '@' + std::to_string(since.time_since_epoch().count());
}

std::string change_line(registry::change const& made) {
  std::string line{name_of(made.kind)};
  if (!made.topic.empty()) {
    line += ' ';
    line += made.topic;
  }
  if (!made.channel.empty()) {
    line += '/';
    line += made.channel;
  }
  if (made.producer != nullptr) {
    line += ' ';
    line += peer_line(*made.producer);
  }
  return line;
}

std::string registration_line(std::string_view topic, std::string_view channel,
                              lines const& entries) {
  std::string line{topic};
  if (!channel.empty()) {
    line += '/';
    line += channel;
  }
  line += ':';
  for (auto const& entry : entries) {
    line += ' ';
    line += entry;
  }
  return line;
}

}  // namespace nsqlookupd::test_support
