// SPDX-License-Identifier: MIT
//
// The lists that answers are made of. Each is written page by page: write_some() appends elements
// until the slice's budget is used up (then it returns false) or the list ends (true).
#pragma once

#include <nsqlookupd/http_api/kept_answer.hpp>
#include <nsqlookupd/registry/registration_db.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::http_api {

/// One turn at the registration_db.
struct slice {
  registry::registration_db const& db;
  registry::time_point now;
  /// Producers, topics and channels that may still be visited. Lists begin nothing at zero.
  std::size_t budget;

  void spend(std::size_t visited) noexcept { budget -= std::min(budget, visited); }
};

/// All topics.
class topic_list {
 public:
  static constexpr std::string_view key = "topics";
  bool write_some(slice& turn, std::string& out);

  static std::uint64_t version_of(registry::registration_db const& db) noexcept {
    return db.topics_version();
  }
  /// Until when time alone leaves the list as it was written.
  [[nodiscard]] static registry::time_point good_until() noexcept {
    return registry::time_point::max();
  }

 private:
  std::string after_;
};

/// One topic's channels.
class channel_list {
 public:
  static constexpr std::string_view key = "channels";
  explicit channel_list(std::string topic) : topic_{std::move(topic)} {}
  bool write_some(slice& turn, std::string& out);

 private:
  std::string topic_;
  std::string after_;
};

/// The channels of all topics, each name once.
class all_channels_list {
 public:
  static constexpr std::string_view key = "channels";
  bool write_some(slice& turn, std::string& out);

 private:
  bool collect_some(slice& turn);

  std::set<std::string, std::less<>> names_;
  registry::registration_position after_;
  bool collected_ = false;
};

/// The producers that a consumer of one topic should connect to.
class lookup_list {
 public:
  static constexpr std::string_view key = "producers";

  /// `producers`: about how many have the topic.
  lookup_list(std::string topic, std::size_t producers)
      : topic_{std::move(topic)}, producers_{producers} {}
  bool write_some(slice& turn, std::string& out);

  /// Until when time alone leaves the list as it was written; not known of a long one.
  [[nodiscard]] registry::time_point good_until() const noexcept { return good_until_; }

 private:
  registry::time_point good_until_ = registry::time_point::min();
  std::string topic_;
  std::size_t producers_;
  std::optional<registry::producer_position> after_;
};

/// The producers of any topic, each once: those that are in the lookup of at least one.
class all_lookups_list {
 public:
  static constexpr std::string_view key = "producers";
  bool write_some(slice& turn, std::string& out);

 private:
  std::optional<registry::producer_position> after_;
};

/// Active producers with their topics.
class node_list {
 public:
  static constexpr std::string_view key = "producers";

  /// `before` (may be null): the listing from which to take what has not changed since.
  explicit node_list(std::shared_ptr<written_listing const> before);
  bool write_some(slice& turn, std::string& out);

  static std::uint64_t version_of(registry::registration_db const& db) noexcept {
    return db.nodes_version();
  }
  /// Until when time alone leaves the list as it was written.
  [[nodiscard]] registry::time_point good_until() const noexcept { return good_until_; }

  /// Where each node stands, for the next listing.
  [[nodiscard]] written_nodes take_nodes() noexcept { return std::move(nodes_); }

 private:
  void append(registry::listed_node const& node, slice const& turn, std::string& out);
  [[nodiscard]] written_node const* find_before(registry::listed_node const& node,
                                                slice const& turn) const;

  std::shared_ptr<written_listing const> before_;
  written_nodes nodes_;
  registry::time_point good_until_ = registry::time_point::max();
  std::optional<registry::producer_position> after_;
};

}  // namespace nsqlookupd::http_api
