// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/registration_db.hpp>

#include "registry_lines.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::test_support {

/// A producer as it is stored, and its registrations.
struct stored_producer {
  registry::peer_info peer;
  registry::time_point last_seen;
  /// Each topic comes before its channels.
  std::vector<registry::registration_name> registrations;
  std::map<std::string, registry::time_point> tombstones;
};

/// Topics with their channels; producers, those first that were seen first.
struct stored_registry {
  std::map<std::string, std::set<std::string>> topics;
  std::vector<stored_producer> producers;
};

/// Gives the answers of a registration_db in the simplest way: flat lists and linear scans.
///
/// It takes the same commands; what a producer had goes with it at once. settle() follows each of
/// them, and each step of time.
class naive_registry {
 public:
  naive_registry(registry::lifetimes how_long, registry::limits how_many)
      : lifetimes_{how_long}, limits_{how_many} {}

  /// Throws std::logic_error when the id is not that of the restored producer that the connection
  /// takes over, or, if there is none, is not new.
  void add_producer(registry::producer_id id, registry::peer_info peer, registry::time_point now);
  /// Comes after those that were seen before.
  void restore_producer(registry::producer_id id, registry::peer_info peer,
                        registry::time_point last_seen);
  void restore_tombstone(registry::producer_id id, std::string const& topic,
                         registry::time_point set_at);
  void expect_back_until(registry::time_point until) { back_until_ = until; }
  /// All that a server knows again after a restart.
  [[nodiscard]] stored_registry store(registry::time_point now) const;
  /// The producers have other ids now.
  void renumber(std::map<registry::producer_id, registry::producer_id> const& ids);
  registry::time_point ping(registry::producer_id id, registry::time_point now);
  registry::register_result register_producer(registry::producer_id id, std::string const& topic,
                                              std::string const& channel);
  bool unregister_channel(registry::producer_id id, std::string const& topic,
                          std::string const& channel);
  registry::unregister_result unregister_topic(registry::producer_id id, std::string const& topic);
  void remove_producer(registry::producer_id id);
  registry::register_result create_topic(std::string const& topic);
  registry::register_result create_channel(std::string const& topic, std::string const& channel);
  /// The names of the channels that went with the topic; nothing when there was no such topic.
  std::optional<lines> delete_topic(std::string const& topic);
  bool delete_channel(std::string const& topic, std::string const& channel);
  std::size_t tombstone(std::string const& topic, std::string_view node, registry::time_point now);
  /// Removes what was empty for too long, and notes what is empty from now on.
  void settle(registry::time_point now);

  [[nodiscard]] bool has_topic(std::string const& topic) const;
  [[nodiscard]] lines topics() const;
  [[nodiscard]] lines channels(std::string const& topic) const;
  [[nodiscard]] lines all_channels() const;
  [[nodiscard]] lines lookup(std::string const& topic, registry::time_point now) const;
  [[nodiscard]] lines nodes(registry::time_point now) const;
  [[nodiscard]] lines clients() const;
  [[nodiscard]] lines registrations() const;
  [[nodiscard]] lines empty_topics() const;
  [[nodiscard]] std::size_t producer_count() const { return serials_.size(); }
  [[nodiscard]] std::size_t restored_producers() const;
  /// Producers' topics and channels.
  [[nodiscard]] std::size_t entry_count() const { return entries_.size(); }

 private:
  using serial = std::uint64_t;

  struct known_producer {
    registry::producer_id id;
    registry::peer_info peer;
    registry::time_point last_update;
    bool restored = false;
  };
  struct known_topic {
    /// Tells a topic from one of the same name before it.
    serial born;
    std::set<std::string> channels;
    /// Since when nobody is registered, by channel; the topic itself is the empty one.
    std::map<std::string, registry::time_point> empty_since = {};
  };
  struct entry {
    serial member;
    serial born;
    std::string topic;
    std::string channel;
    std::optional<registry::time_point> tombstoned_at;
    bool unconfirmed = false;
  };

  [[nodiscard]] std::optional<serial> find_restored(registry::peer_info const& peer) const;
  [[nodiscard]] bool confirm(entry& registration) const;
  [[nodiscard]] bool is_own(entry const& registration) const;
  void end_not_back();
  void settle_empty(registry::time_point now);
  [[nodiscard]] entry* find(serial member, std::string_view topic, std::string_view channel);
  void note_empty(known_topic& topic, std::string const& channel, registry::time_point now) const;
  [[nodiscard]] bool is_due(known_topic const& topic, std::string const& channel,
                            registry::time_point now) const;
  [[nodiscard]] bool has_entries(serial born, std::string_view channel) const;
  [[nodiscard]] registry::refusal refuse(std::optional<serial> member, std::string const& topic,
                                         std::string const& channel);
  registry::register_result create(std::string const& topic, std::string const& channel);
  bool enter(serial member, std::string const& topic, std::string const& channel);
  bool leave(serial member, std::string const& topic, std::string const& channel);
  void drop_if_spent(std::string const& topic, std::string const& channel);
  [[nodiscard]] bool is_active(known_producer const& producer, registry::time_point now) const;
  [[nodiscard]] bool is_hidden(entry const& registration, registry::time_point now) const;
  [[nodiscard]] std::vector<serial> connected() const;

  registry::lifetimes lifetimes_;
  registry::limits limits_;
  serial last_serial_ = 0;
  std::map<registry::producer_id, serial> serials_;
  std::map<serial, known_producer> producers_;
  std::map<std::string, known_topic> topics_;
  std::vector<entry> entries_;
  std::optional<registry::time_point> back_until_;
};

}  // namespace nsqlookupd::test_support
