// SPDX-License-Identifier: MIT
#include <nsqlookupd/cluster/own_changes.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/registry/names.hpp>

#include <chrono>
#include <utility>

namespace nsqlookupd::cluster {
namespace {

using registry::change_kind;
using registry::is_ephemeral;

// Names of topics and channels that are gone: a client could make any number while etcd is away.
constexpr std::size_t most_names = 200'000;

// Such a name vanishes with its last producer, at whatever member that was; which may not live on
// to tell others.
bool is_end_of_ephemeral(registry::change const& made) {
  return (made.kind == change_kind::topic_removed || made.kind == change_kind::channel_removed) &&
         is_ephemeral(made.channel.empty() ? made.topic : made.channel) && !is_deletion(made);
}

}  // namespace

std::string address_of(registry::peer_info const& peer) {
  auto const& host = peer.broadcast_address;
  bool const is_bare_v6 = host.find(':') != std::string::npos && !host.starts_with('[');
  return (is_bare_v6 ? '[' + host + ']' : host) + ':' + std::to_string(peer.http_port);
}

void own_changes::tell() {
  if (!std::exchange(is_told_, true)) {
    on_first_();
  }
}

void own_changes::on_change(registry::change const& made) {
  recorder_.on_change(made);
  if (made.kind == change_kind::topic_removed || made.kind == change_kind::channel_removed) {
    withdraw({std::string{made.topic}, std::string{made.channel}});
  }
  if (!is_others_ || is_end_of_ephemeral(made)) {
    note_name(made);
  }
  tell();
}

void own_changes::on_registrations_lost(std::span<registry::producer_id const> producers) {
  recorder_.on_registrations_lost(producers);
  tell();
}

void own_changes::note_name(registry::change const& made) {
  last_name_ = made.revision;
  switch (made.kind) {
    case change_kind::topic_added:
    case change_kind::channel_added:
    case change_kind::registered:
      note_addition(made.topic, made.channel, is_requested(made));
      if (fresh_.size() < most_names) {
        // There is no channel without its topic.
        fresh_[{std::string{made.topic}, {}}] = made.revision;
        fresh_[{std::string{made.topic}, std::string{made.channel}}] = made.revision;
        last_fresh_ = made.revision;
      }
      break;
    case change_kind::topic_removed:
    case change_kind::channel_removed:
      note_removal(made);
      break;
    case change_kind::tombstoned:
      note_tombstone(made);
      break;
    case change_kind::unregistered:
      note_end_of_tombstone(made);
      break;
    default:
      break;
  }
}

void own_changes::note_addition(std::string_view topic, std::string_view channel,
                                bool was_created) {
  auto& change = next_.names[{std::string{topic}, std::string{channel}}];
  change.was_added = true;
  change.was_created = change.was_created || was_created;
}

// This member does not tell any more that it is there, whoever has removed it.
void own_changes::withdraw(name_pair const& gone) {
  auto const fresh = range_of(fresh_, gone);
  fresh_.erase(fresh.begin(), fresh.end());
  for (auto& [name, change] : range_of(next_.names, gone)) {
    change.was_added = change.was_created = false;
  }
}

void own_changes::note_removal(registry::change const& made) {
  bool const was_deleted = is_deletion(made);
  name_pair name{made.topic, made.channel};
  auto const before = range_of(next_.names, name);
  next_.names.erase(before.begin(), before.end());
  if (next_.names.size() >= most_names) {
    log::limited_line(log::level::warning, {"untold deletions"}, "CLUSTER: the deletion of topic(",
                      made.topic, ") channel(", made.channel,
                      ") is not told to other members: too many are waiting for etcd");
    return;
  }
  next_.names[std::move(name)] = {
      .was_deleted = was_deleted, .was_removed = !was_deleted, .cause = std::string{made.cause}};
}

void own_changes::note_request(std::string const& topic, std::string const& address,
                               registry::time_point now) {
  std::erase_if(requested_, [now](auto const& each) {
    return registry::later(each.second, std::chrono::hours{1}) < now;
  });
  if (requested_.size() < most_names) {
    requested_[{topic, address}] = now;
  }
}

void own_changes::note_tombstone(registry::change const& made) {
  name_pair name{made.topic, address_of(*made.producer)};
  note_request(name.first, name.second, made.time);
  next_.ended_tombstones.erase(name);
  next_.tombstones[std::move(name)] = made.time;
}

// A registration ends its tombstone with it.
void own_changes::note_end_of_tombstone(registry::change const& made) {
  if (!made.channel.empty() || requested_.empty()) {
    return;
  }
  name_pair name{made.topic, address_of(*made.producer)};
  if (requested_.erase(name) != 0) {
    next_.tombstones.erase(name);
    next_.ended_tombstones.insert(std::move(name));
  }
}

void own_changes::begin_anew() {
  recorder_.note_all();
  if (!commits_.empty()) {
    known_to_others_ = commits_.back().first;
    commits_.clear();
  }
}

void own_changes::add_again(std::string_view topic, std::string_view channel) {
  note_addition(topic, channel, false);
  tell();
}

bool own_changes::collect(registry::registration_db const& db, std::size_t budget, outgoing& into) {
  if (!std::exchange(is_begun_, true)) {
    is_told_ = false;
    into = std::exchange(next_, {});
    into.revision = db.revision();
  }
  if (recorder_.has_notes() && !recorder_.collect(db, budget, into.rows)) {
    return false;
  }
  into.is_complete = !recorder_.has_notes();
  is_begun_ = false;
  return true;
}

void own_changes::seen(std::int64_t revision) {
  while (!commits_.empty() && commits_.front().second < revision) {
    known_to_others_ = commits_.front().first;
    commits_.pop_front();
  }
  if (last_fresh_ <= known_to_others_) {
    fresh_.clear();
  }
}

bool own_changes::is_fresh(std::string_view topic, std::string_view channel) const {
  auto const found = fresh_.find({std::string{topic}, std::string{channel}});
  return found != fresh_.end() && found->second > known_to_others_;
}

}  // namespace nsqlookupd::cluster
