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
