// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace nsqlookupd::soak {

/// The registry that the server must have, and how its answers show it. Producers go by their
/// broadcast address, of which there are no two alike.
class model {
 public:
  /// `shown`: the producer as `/lookup` lists it.
  void add(std::string const& producer, std::string shown);
  void remove(std::string const& producer);
  /// An empty channel: the topic alone.
  void enter(std::string const& producer, std::string const& topic, std::string const& channel);
  void leave(std::string const& producer, std::string const& topic, std::string const& channel);
  void create(std::string const& topic, std::string const& channel);
  void delete_topic(std::string const& topic);
  /// True when there was one.
  bool delete_channel(std::string const& topic, std::string const& channel);
  void tombstone(std::string const& topic, std::string const& producer);

  [[nodiscard]] bool has_topic(std::string const& topic) const { return topics_.contains(topic); }
  [[nodiscard]] std::vector<std::string> topic_names() const;
  [[nodiscard]] std::size_t producer_count() const { return shown_.size(); }
  [[nodiscard]] std::size_t registration_count() const;

  /// The bodies of the answers.
  [[nodiscard]] std::string topics() const;
  [[nodiscard]] std::string channels(std::string const& topic) const;
  [[nodiscard]] std::string lookup(std::string const& topic) const;
  [[nodiscard]] std::string nodes() const;

  /// The listing of `/debug`: its keys, and the producers of each, with a `!` if tombstoned.
  using listing = std::map<std::string, std::set<std::string>>;
  [[nodiscard]] listing debug() const;

 private:
  struct topic_state {
    std::map<std::string, std::set<std::string>> channels;
    // Whether it is tombstoned.
    std::map<std::string, bool> producers;
  };
  using topics_by_name = std::map<std::string, topic_state>;

  static void leave_channels(topic_state& from, std::string const& producer);
  topics_by_name::iterator leave_topic(topics_by_name::iterator from, std::string const& producer);

  std::map<std::string, std::string> shown_;
  topics_by_name topics_;
};

}  // namespace nsqlookupd::soak
