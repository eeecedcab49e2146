// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/cluster/producer_value.hpp>
#include <nsqlookupd/registry/change.hpp>
#include <nsqlookupd/registry/registration_db.hpp>
#include <nsqlookupd/rows/batch.hpp>
#include <nsqlookupd/rows/recorder.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::cluster {

/// A topic or channel has changed here: first it went, then it came.
struct name_change {
  bool was_deleted = false;
  /// It was empty for too long.
  bool was_removed = false;
  bool was_added = false;
  /// By a request.
  bool was_created = false;
  /// The deletion's.
  std::string cause = {};
};

/// The changes that other members are to be told.
struct outgoing {
  /// Nothing is left for the next.
  bool is_complete = false;
  /// Has all changes up to this revision of the registry.
  std::uint64_t revision = 0;
  std::map<name_pair, name_change> names;
  /// When each was set, by topic and address; and those that have ended early.
  std::map<name_pair, registry::time_point> tombstones;
  std::set<name_pair> ended_tombstones;
  rows::batch rows;
};

/// `broadcast_address:http_port`, as the tombstone routes take it.
[[nodiscard]] std::string address_of(registry::peer_info const& peer);

/// Whether a request has caused it, here or at another member: such causes name its path.
[[nodiscard]] inline bool is_requested(registry::change const& made) noexcept {
  return made.cause.find(" /") != std::string_view::npos;
}

/// Whether a topic or channel was removed because a request has said so.
[[nodiscard]] inline bool is_deletion(registry::change const& made) noexcept {
  return (made.kind == registry::change_kind::topic_removed ||
          made.kind == registry::change_kind::channel_removed) &&
         is_requested(made);
}

/// Follows what happens at this member, for the others. However long it is before that is
/// collected, there is no more of it than there are producers and names.
///
/// On the registration_db's strand.
class own_changes final : public registry::change_listener {
 public:
  /// `on_first`: called when there is something to collect(), once until that is done.
  explicit own_changes(std::function<void()> on_first) : on_first_{std::move(on_first)} {}

  /// While `applies`, changes are those of other members.
  void apply_others(bool applies) noexcept { is_others_ = applies; }

  /// All is to be written anew. The revisions of etcd may begin anew, too.
  void begin_anew();

  /// Producers that were there before.
  void note(registry::producer_id id) { recorder_.note(id); }

  /// A topic or channel that others think is gone is still there.
  void add_again(std::string_view topic, std::string_view channel);

  /// Producers of the topic with this address were tombstoned by another member.
  void note_request(std::string const& topic, std::string const& address, registry::time_point now);

  /// Goes on filling `into`, an empty one at first; true when it is finished. As
  /// rows::recorder::collect().
  bool collect(registry::registration_db const& db, std::size_t budget, outgoing& into);

  /// All that was collected up to this revision is in etcd since its revision `at`, or was before.
  void committed(std::uint64_t revision, std::int64_t at) { commits_.emplace_back(revision, at); }

  /// All others' changes before this revision of etcd were applied.
  void seen(std::int64_t revision);

  /// Whether others can know all topics and channels that have come or gone here.
  [[nodiscard]] bool are_names_known() const noexcept { return last_name_ <= known_to_others_; }

  /// Whether the topic, or the channel, was registered or created here and others cannot know that
  /// yet; so a deletion of theirs was before.
  [[nodiscard]] bool is_fresh(std::string_view topic, std::string_view channel) const;

  void on_change(registry::change const& made) override;
  void on_registrations_lost(std::span<registry::producer_id const> producers) override;

 private:
  void note_name(registry::change const& made);
  void note_addition(std::string_view topic, std::string_view channel, bool was_created);
  void withdraw(name_pair const& gone);
  void note_removal(registry::change const& made);
  void note_tombstone(registry::change const& made);
  void note_end_of_tombstone(registry::change const& made);
  void tell();

  std::function<void()> on_first_;
  bool is_told_ = false;
  bool is_others_ = false;
  rows::recorder recorder_{rows::scope::connections};
  /// The changes that collect() is to take, without their rows.
  outgoing next_;
  /// Tombstones that were asked for in the last hour, and when.
  std::map<name_pair, registry::time_point> requested_;
  /// Since when.
  std::map<name_pair, std::uint64_t> fresh_;
  std::uint64_t last_fresh_ = 0;
  std::uint64_t last_name_ = 0;
  std::deque<std::pair<std::uint64_t, std::int64_t>> commits_;
  std::uint64_t known_to_others_ = 0;
  bool is_begun_ = false;
};

}  // namespace nsqlookupd::cluster
