// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/peer_info.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace nsqlookupd::registry {

class registration_db;
struct producer;

/// A topic of a node, as `/nodes` lists it.
struct node_topic {
  std::string_view name;
  bool tombstoned;
};

/// The topics of a node, sorted by name, and the last moment at which time alone leaves them as
/// they are.
struct node_topics {
  std::span<node_topic const> list;
  time_point good_until;
};

/// A producer as `/nodes` lists it. Good during the call that hands it out.
class listed_node {
 public:
  /// For the registration_db. `room` is for topics().
  listed_node(registration_db const& db, producer const& who, time_point now,
              std::vector<node_topic>& room) noexcept
      : db_{db}, who_{who}, now_{now}, room_{room} {}

  [[nodiscard]] peer_info const& peer() const noexcept;

  /// Of all nodes that are listed at the same registration_db::nodes_epoch(), no two have the same
  /// version, and one has another version once what is listed of it has changed, but for what time
  /// alone changes.
  [[nodiscard]] std::uint64_t version() const noexcept;

  /// The last moment at which time alone leaves it listed.
  [[nodiscard]] time_point active_until() const noexcept;

  /// Collected when they are asked for, which is most of the work of a listing. Good until they are
  /// collected for another node.
  [[nodiscard]] node_topics topics() const;

 private:
  registration_db const& db_;
  producer const& who_;
  time_point now_;
  std::vector<node_topic>& room_;
};

}  // namespace nsqlookupd::registry
