// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/cluster/key_space.hpp>
#include <nsqlookupd/cluster/news.hpp>
#include <nsqlookupd/cluster/own_changes.hpp>
#include <nsqlookupd/etcd/values.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd::cluster {

/// A member as it says of itself.
struct member_info {
  std::string node_id;
  std::string version;
  std::string tcp_address;
  std::string http_address;
  /// Those whose connections are there.
  std::uint64_t producers = 0;
  registry::time_point started_at = {};
  /// When it last knew that it has all that others have.
  registry::time_point synced_at = {};
  /// The lives before its present one, in which it knew what it knows now.
  std::vector<std::string> former_lives = {};
};

[[nodiscard]] std::string encode_member(member_info const& self);

/// The leases of what is written: they end with the member, and with the time for which others have
/// to be told of a deletion.
struct leases {
  std::int64_t member = 0;
  std::int64_t record = 0;
};

/// The keys that etcd has, as far as is known here: from these, news for the registry; and for its
/// changes, operations. One thread.
class known_keys {
 public:
  /// `node`: this member. A tombstone is of no interest after `tombstone_lifetime`.
  known_keys(key_space keys, std::string node, std::chrono::nanoseconds tombstone_lifetime);

  [[nodiscard]] key_space const& keys() const noexcept { return keys_; }

  /// From now on this member writes under another lease. Its earlier keys are another's.
  void begin_life(std::int64_t lease);

  /// All keys are about to be read with put(). Keys that are not among them are unknown.
  void begin_reading();
  /// All have been read.
  void end_reading();

  /// Keys that were known and have not been read since are gone. Not to be called before its
  /// members had the time to write it again, where etcd has lost its data.
  void end_unread();

  /// Another key, or another value. `is_old`: it was put before this member has
  /// read anything.
  void put(etcd::key_value const& entry, registry::time_point now, bool is_old);
  void remove(std::string const& name, std::int64_t revision);

  /// Tells again of all topics and channels, as they are at this revision of etcd.
  void repeat_names(std::int64_t revision);
  /// Tells of those of these names, which no producer has, that have no key. Keys of names that
  /// should have vanished with their last producer have to go.
  void end_unused(std::vector<name_pair> const& names, std::int64_t revision);

  /// The news that all these have made, in their order. They are taken once.
  [[nodiscard]] std::deque<news> take_news() { return std::exchange(told_, {}); }

  /// Whether there are keys that have to go, though nothing has changed here.
  [[nodiscard]] bool has_void_keys() const noexcept { return !void_.empty(); }

  /// Whether a lease for records is needed for these.
  [[nodiscard]] static bool has_records(outgoing const& changes) noexcept;

  /// The operations that tell others of these. They count as done.
  [[nodiscard]] std::vector<etcd::operation> write(outgoing const& changes, leases under,
                                                   registry::time_point now);

  /// Leaves those operations alone, of some that were not done, that matter in another life. They
  /// are to be written under `record`.
  void carry_over(std::vector<etcd::operation>& unsent, std::int64_t record) const;

  /// All members, this one included, by node id.
  [[nodiscard]] std::map<std::string, member_info, std::less<>> const& members() const noexcept {
    return members_;
  }

  [[nodiscard]] std::size_t own_producers() const noexcept { return own_parts_.size(); }

 private:
  /// The key of a topic or channel.
  struct name_key {
    /// By this revision; greater than any until that is known, and 0 where it was written with all
    /// others by a member that may not have heard of a deletion.
    std::int64_t written = 0;
    /// This member removes it, or has done so.
    bool is_going = false;
    /// A request has made it, so it may be there without a producer.
    bool is_created = false;
  };

  void write_names(outgoing const& changes, leases under, registry::time_point now,
                   std::vector<etcd::operation>& into);
  void write_removal(name_pair const& name, bool is_deleted, std::vector<etcd::operation>& into);
  /// `mark`: "anew" with all others, "created" by a request, or none.
  void write_addition(name_pair const& name, registry::time_point now, std::string_view mark,
                      std::vector<etcd::operation>& into);
  void write_all_names(rows::batch const& rows, registry::time_point now,
                       std::vector<etcd::operation>& into);
  void write_producer(rows::batch const& rows, rows::producer_row const& row, std::int64_t lease,
                      std::vector<etcd::operation>& into);
  [[nodiscard]] std::string record(std::string_view cause, registry::time_point at,
                                   std::string_view mark = {}) const;
  void put_member(parsed_key const& key, etcd::key_value const& entry);
  void put_name(parsed_key const& key, etcd::key_value const& entry);
  /// Whether the name, or its topic, was deleted after this revision.
  [[nodiscard]] bool is_deleted(name_pair const& name, std::int64_t since) const;
  void remove_name(name_pair name, std::int64_t revision);
  void put_tombstone(parsed_key const& key, etcd::key_value const& entry, registry::time_point now);

  key_space keys_;
  std::string node_;
  std::chrono::nanoseconds tombstone_lifetime_;
  /// Empty before the first.
  std::string life_;
  std::deque<news> told_;
  /// Keys of others and of all, with the number of the reading since which they are known.
  std::map<std::string, std::uint64_t> read_;
  std::uint64_t reading_ = 0;
  std::map<name_pair, name_key> names_;
  /// The revisions that have written their keys.
  std::map<name_pair, std::int64_t> deletions_;
  /// The deletions that were read, until all is read: they may be older than the name's key.
  bool is_reading_ = false;
  std::vector<name_news> read_deletions_;
  std::map<std::string, member_info, std::less<>> members_;
  /// How many keys each producer has, by its id.
  std::map<std::uint32_t, std::uint32_t> own_parts_;
  bool writes_all_ = false;
  /// Names that were deleted, and written again by a member that had not heard of that.
  std::set<name_pair> void_;
};

}  // namespace nsqlookupd::cluster
