// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/peer_info.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace nsqlookupd::registry {

/// The kinds of changes (docs/PROTOCOL.md, "Changes"). A topic or channel that is removed takes its
/// registrations along without a word; those of a producer are told one by one.
enum class change_kind : std::uint8_t {
  producer_added,
  /// It was known before a restart.
  producer_restored,
  producer_removed,
  /// It was restored, and no connection has taken it over in time.
  producer_expired,
  /// Nothing was heard of it for longer than the inactive producer timeout.
  producer_silent,
  producer_back,
  topic_added,
  topic_removed,
  channel_added,
  channel_removed,
  registered,
  unregistered,
  tombstoned,
  tombstone_ended
};

/// As they are shown, by change_kind.
inline constexpr std::array<std::string_view, 14> change_kinds{
    "producer_added",  "producer_restored", "producer_removed", "producer_expired",
    "producer_silent", "producer_back",     "topic_added",      "topic_removed",
    "channel_added",   "channel_removed",   "registered",       "unregistered",
    "tombstoned",      "tombstone_ended"};

[[nodiscard]] constexpr std::string_view name_of(change_kind kind) noexcept {
  return change_kinds[static_cast<std::size_t>(kind)];
}

/// The cause of a change that only time makes.
inline constexpr std::string_view time_passed = "time";

/// The cause of what is brought back after a restart.
inline constexpr std::string_view restart = "restart";

/// The cause of the end of what no connection took over, or registered again, after a restart.
inline constexpr std::string_view not_back = "not back after restart";

/// One change of the registry. Its texts and its producer are good during the call that hands it
/// out.
struct change {
  /// Greater than that of the change before.
  std::uint64_t revision = 0;
  /// The moment at which it took effect.
  time_point time;
  change_kind kind{};
  /// Empty where the change is about none; so is the channel.
  std::string_view topic;
  std::string_view channel;
  /// Null where the change is about none.
  peer_info const* producer = nullptr;
  /// The reason, in the words of the log: a command, a request, the end of a connection, `time`.
  std::string_view cause;
  /// The producer's, where there is one. For listeners alone: the journal does not remember it,
  /// since ids are given out again.
  producer_id id{};
};

/// Hears of each change, in order, on the registration_db's strand and in the middle of the
/// command: it must neither ask nor change the registration_db, nor throw.
class change_listener {
 public:
  change_listener() = default;
  change_listener(change_listener const&) = delete;
  change_listener& operator=(change_listener const&) = delete;
  virtual ~change_listener() = default;

  virtual void on_change(change const& made) = 0;

  /// The lookup of this topic has a new index. Comes after the change that is the reason; one that
  /// is about a producer alone may be the reason for many.
  virtual void on_lookup_changed(std::string_view /*topic*/) {}

  /// These producers lose a registration, because its topic or channel is removed: the only change
  /// of theirs that is not told one by one. Some of them may have left. Comes before the change,
  /// and again when the registration is reclaimed, which moves their others.
  virtual void on_registrations_lost(std::span<producer_id const> /*producers*/) {}
};

}  // namespace nsqlookupd::registry
