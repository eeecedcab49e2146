// SPDX-License-Identifier: MIT
//
// The news that other members tell by way of etcd, in the order of its revisions.
#pragma once

#include <nsqlookupd/cluster/member_producers.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <cstdint>
#include <string>
#include <variant>

namespace nsqlookupd::cluster {

/// A topic, or a channel of it unless that is empty.
struct name_news {
  enum class event : std::uint8_t {
    added,
    /// No producer had it for too long.
    removed,
    /// A request has said so.
    deleted
  };
  event happened{};
  std::string topic;
  std::string channel = {};
  std::string cause = {};
  std::int64_t revision = 0;
  /// No news, but to end a difference. It counts where etcd has all that has changed here.
  bool is_repeated = false;
};

/// A request to tombstone the producers of a topic with this `broadcast_address:http_port`; or
/// their member says that it has ended early, since they have registered the topic again.
struct tombstone_news {
  bool has_ended = false;
  std::string topic;
  std::string address;
  registry::time_point set_at = {};
  std::string cause = {};
};

using news = std::variant<producer_news, name_news, tombstone_news>;

}  // namespace nsqlookupd::cluster
