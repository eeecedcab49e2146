// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::cluster {

/// The kinds of keys (docs/CLUSTER.md, "Keys").
enum class key_kind : std::uint8_t {
  /// Made by the first member: tells whether etcd has lost its data.
  marker,
  member,
  producer,
  /// A topic's, or that of one of its channels.
  name,
  deletion,
  tombstone
};

/// A key that was taken apart. Its parts are good as long as the key is.
struct parsed_key {
  key_kind kind{};
  /// The member that has written it; of members and producers alone.
  std::string_view node = {};
  /// A producer's: `node/life`, `node/life/id`, and which of its keys this is.
  std::string_view life = {};
  std::string_view producer = {};
  std::uint32_t part = 0;
  std::string_view topic = {};
  std::string_view channel = {};
  /// A tombstone's, `broadcast_address:http_port`.
  std::string_view address = {};
};

/// The names of the keys in etcd, all of which begin with `/CLUSTER/`:
///
///     cluster                        members/NODE
///     producers/NODE/LIFE/ID         producers/NODE/LIFE/ID/PART
///     topics/TOPIC                   channels/TOPIC/CHANNEL
///     deletions/TOPIC                deletions/TOPIC/CHANNEL
///     tombstones/TOPIC/ADDRESS
///
/// A life is the lease under which a member writes: after a restart it has another.
class key_space {
 public:
  /// `cluster_name` and node ids: without a slash.
  explicit key_space(std::string_view cluster_name);

  [[nodiscard]] std::string const& prefix() const noexcept { return prefix_; }
  [[nodiscard]] std::string marker() const { return prefix_ + "cluster"; }
  [[nodiscard]] std::string member(std::string_view node) const { return key("members", {node}); }
  [[nodiscard]] std::string producer(std::string_view life, std::uint32_t id,
                                     std::uint32_t part) const;
  /// A topic's, or its channel's unless that is empty.
  [[nodiscard]] std::string name(std::string_view topic, std::string_view channel) const {
    return channel.empty() ? key("topics", {topic}) : key("channels", {topic, channel});
  }
  /// Behind the keys of a topic's channels.
  [[nodiscard]] std::string channels_of(std::string_view topic) const {
    return key("channels", {topic, {}});
  }
  [[nodiscard]] std::string deletion(std::string_view topic, std::string_view channel) const {
    return channel.empty() ? key("deletions", {topic}) : key("deletions", {topic, channel});
  }
  [[nodiscard]] std::string tombstone(std::string_view topic, std::string_view address) const {
    return key("tombstones", {topic, address});
  }

  /// Before the keys of all producers of a life.
  [[nodiscard]] std::string producers_of(std::string_view life) const {
    return key("producers", {life, {}});
  }

  /// The life of a node by the id of its lease: `node/LEASE`, in hexadecimal digits.
  [[nodiscard]] static std::string life_of(std::string_view node, std::int64_t lease);

  /// Nothing when the key is none of these.
  [[nodiscard]] std::optional<parsed_key> parse(std::string_view key) const;

 private:
  [[nodiscard]] std::string key(std::string_view kind,
                                std::initializer_list<std::string_view> parts) const;

  std::string prefix_;
};

}  // namespace nsqlookupd::cluster
