// SPDX-License-Identifier: MIT
#pragma once

#include "cluster_member.hpp"
#include "etcd_process.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::e2e {

/// How to start a cluster_of_members.
struct cluster_start {
  std::size_t members = 2;
  std::size_t etcd_nodes = 1;
  /// Each member has a proxy of its own before the first node of etcd.
  bool has_proxies = false;
  /// On top of node id, endpoints and a lease of five seconds.
  std::vector<std::string> flags = {};
};

/// An etcd, and members of one cluster: `a`, `b` and so on. All are in sync when the constructor
/// returns. Everything throws std::runtime_error when it fails.
class cluster_of_members {
 public:
  explicit cluster_of_members(cluster_start how = {});

  [[nodiscard]] test_support::etcd_process& etcd() noexcept { return etcd_; }
  [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
  [[nodiscard]] cluster_member& operator[](std::size_t number) { return *members_.at(number); }
  /// Those that run.
  [[nodiscard]] std::vector<cluster_member*> running() const;

  /// Another member, which is not started.
  cluster_member& add(std::vector<std::string> const& flags = {});

  /// True as soon as the condition is true of each member that runs.
  [[nodiscard]] bool everywhere(std::function<bool(server_reader&)> const& condition) const;
  /// The answer to lookup() at each member that runs, once all are `wanted`; else the last ones,
  /// each after the node id, for the message.
  [[nodiscard]] std::string lookup_everywhere(std::string const& topic,
                                              std::string const& wanted) const;
  [[nodiscard]] bool come_into_sync() const;

  /// A line for each topic with the answer to lookup().
  [[nodiscard]] static std::string lookups_of(server_reader& member);
  /// The nodes of a member, and its lookups, as a text.
  [[nodiscard]] static std::string picture_of(server_reader& member);
  /// True as soon as all members that run are in sync and have the same picture.
  [[nodiscard]] bool become_equal() const;

  /// The keys in etcd that begin with `/nsqlookupd/` and this, sorted.
  [[nodiscard]] std::vector<std::string> keys(std::string_view prefix = {}) const;
  void put_key(std::string_view key, std::string_view value) const;
  /// Forgets all revisions before the present one.
  void compact() const;

 private:
  cluster_start how_;
  test_support::etcd_process etcd_;
  std::vector<std::unique_ptr<cluster_member>> members_;
};

/// Measures from its construction, and prints how long it took.
class stopwatch {
 public:
  /// Milliseconds; `[ measured ] DESCRIPTION: 12 ms`.
  double tell(std::string_view description) const;

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace nsqlookupd::e2e
