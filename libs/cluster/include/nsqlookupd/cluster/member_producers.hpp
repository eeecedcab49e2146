// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/cluster/producer_value.hpp>
#include <nsqlookupd/registry/change.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd::cluster {

/// One key of a producer has changed.
struct producer_news {
  /// `node/life` and `node/life/id`, and which of its keys.
  std::string life;
  std::string producer;
  std::uint32_t part = 0;
  /// Null: the key was removed.
  std::shared_ptr<producer_value> value;
};

/// The producers that other members have, put into the registry so that each nsqd is listed once:
/// producers are the same that have the same host name, broadcast address and ports. Of those that
/// several members have, the registrations are put together; one that has a connection here is
/// what that says of it. At one member, two connections of an nsqd stay two producers.
///
/// On the registration_db's strand.
class member_producers final : public registry::change_listener {
 public:
  /// Before anything runs.
  void follow(registry::registration_db& db);

  /// The registry had it before. Of members it has theirs until end_of_reading().
  void note(registry::listed_producer const& one);

  /// Notes the news, for reconcile().
  void add(producer_news told);

  /// A topic, or a channel of it unless that is empty, was deleted: no member has it any more that
  /// does not say so anew.
  void forget(std::string_view topic, std::string_view channel);

  /// Tombstones under the topic, of producers with this `broadcast_address:http_port`, have ended
  /// unless their members say otherwise.
  void revive(std::string const& topic, std::string_view address);

  /// There is a key of the topic or channel: it stays when it has no producer any more.
  void set_known(std::string const& topic, std::string const& channel) {
    implied_.erase({topic, {}});
    implied_.erase({topic, channel});
  }

  /// Everything has been read: what members do not have any more goes.
  void end_of_reading();

  /// Goes on changing the registry. `budget` (at least 1): registrations to look at, at most. True
  /// when more is left, for the caller's next turn.
  bool reconcile(registry::registration_db& db, std::size_t budget);

  void on_change(registry::change const& made) override;
  void on_registrations_lost(std::span<registry::producer_id const> producers) override;

 private:
  struct copy {
    std::string life;
    std::map<std::uint32_t, std::shared_ptr<producer_value>> parts;
  };
  /// Producers that are the same.
  struct group {
    std::string identity;
    /// With a connection here, or restored.
    std::vector<registry::producer_id> here;
    /// Those of members that are in the registry.
    std::vector<registry::producer_id> shown;
    /// By `node/life/id`.
    std::map<std::string, copy> copies;
    /// Topics whose tombstone ended early, at the producer's member.
    std::vector<std::string> revived;
    bool is_noted = false;
  };
  using values = std::vector<std::shared_ptr<producer_value>>;
  /// How far the registrations of one producer are reconciled.
  struct work {
    group* subject = nullptr;
    std::size_t next_shown = 0;
    /// The values that its members have of it; empty before it is begun.
    values wanted;
    std::string cause;
    /// First all is looked through that is registered.
    registry::registration_position at;
    bool is_read = false;
    /// Topics and channels to be left; topics that a tombstone hides.
    std::vector<name_pair> surplus;
    std::vector<std::string> hidden;
    /// Then all is registered that is wanted.
    std::size_t next_value = 0;
    std::string topic;
    std::size_t next_channel = 0;
  };

  [[nodiscard]] static std::string identity_of(registry::peer_info const& peer);
  /// Calls `visit` with each copy's number at its member, and its parts.
  template <class Visit>
  static void visit_copies(group const& subject, Visit const& visit);
  /// How many producers they are: as many as at the member that has most.
  [[nodiscard]] static std::size_t count(group const& subject);
  /// The values of the copies with this number at their members.
  [[nodiscard]] static values values_of(group const& subject, std::size_t number);
  [[nodiscard]] group& group_of(std::string const& identity);
  [[nodiscard]] bool leave_to_members(registry::producer_id id);
  void note(group& subject);
  void remove_copy(group& subject, std::string const& producer, std::uint32_t part);
  bool reconcile_group(registry::registration_db& db, std::size_t& budget);
  void begin_producer(registry::registration_db& db);
  void read_registrations(registry::registration_db& db, std::size_t& budget);
  void leave_surplus(registry::registration_db& db, std::size_t& budget);
  void register_wanted(registry::registration_db& db, std::size_t& budget);
  void set_tombstones(registry::registration_db& db);
  void note_name(registry::change const& made);
  void end_implied(registry::registration_db& db);

  std::map<std::string, group> groups_;
  /// The groups of the producers that are here, and of the copies.
  boost::unordered_flat_map<registry::producer_id, group*> by_id_;
  boost::unordered_flat_map<std::string, group*> by_producer_;
  std::deque<group*> noted_;
  /// Topics and channels that are known by registrations alone, which come with keys of their names
  /// unless they are older than a deletion.
  std::set<name_pair> implied_;
  work work_;
  bool is_changing_ = false;
  /// It is about to be left to members.
  bool is_leaving_ = false;
};

}  // namespace nsqlookupd::cluster
