// SPDX-License-Identifier: MIT
//
// The answer of `/explain` (docs/PROTOCOL.md, "Explain").
#include "listings.hpp"
#include "members.hpp"
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

using registry::change_kind;
using registry::listed_producer;
using registry::peer_info;
using registry::time_point;

// So many producers that left are told of, and remembered until then.
constexpr std::size_t most_departures = 100;

// A producer takes as long to write as so many entries of other lists.
constexpr std::size_t cost = 8;

// Another connection of the same nsqd has the same.
std::string identity_of(peer_info const& peer) {
  auto identity = peer.hostname + '\0' + peer.broadcast_address + '\0';
  text::append_number(identity, peer.tcp_port);
  identity.push_back('\0');
  text::append_number(identity, peer.http_port);
  return identity;
}

std::string_view name_of(registry::origin known_by) noexcept {
  switch (known_by) {
    case registry::origin::store:
      return "restart";
    case registry::origin::member:
      return "member";
    case registry::origin::connection:
      break;
  }
  return "connection";
}

// Words with a moment behind them.
std::string dated(std::string_view words, time_point when) {
  std::string moment;
  text::json::append_moment(moment, when);
  return std::string{words}.append(moment, 1, moment.size() - 2);
}

// Why lookups leave it out; empty when they do not.
std::string reason_of(listed_producer const& producer) {
  std::string reason;
  if (producer.tombstoned_until) {
    reason = dated("tombstoned until ", *producer.tombstoned_until);
  }
  if (!producer.is_active) {
    reason.append(reason.empty() ? "" : "; ").append(dated("silent since ", producer.last_update));
  }
  return reason;
}

void append_present(std::string& out, listed_producer const& producer) {
  auto const reason = reason_of(producer);
  text::json::append_comma(out);
  append_peer(out, producer.peer);
  append_text(out, R"(,"known_by":)", name_of(producer.known_by));
  append_moment(out, R"(,"last_update":)", producer.last_update);
  out.append(reason.empty() ? R"(,"listed":true)" : R"(,"listed":false)");
  append_text(out, R"(,"because":)", reason);
  if (reason.empty()) {
    out.append(R"(,"since":null)");
  } else {
    auto const since = producer.tombstoned_until ? producer.tombstoned_at : producer.last_update;
    append_moment(out, R"(,"since":)", *since);
  }
  out.append(R"(,"cause":""})");
}

}  // namespace

/// The producers of a topic that left, out of the journal.
class departures {
 public:
  /// `since`: the revision after which the journal is read.
  explicit departures(std::uint64_t since) : read_{since} {}

  /// The producer has the topic.
  void note_present(peer_info const& peer) { present_.insert(identity_of(peer)); }

  /// Goes on reading; true at the end.
  bool read(slice& turn);

  /// Appends them, the last one first.
  void append_to(std::string& out) const;

 private:
  /// The last change of a producer that does not have the topic.
  struct departure {
    peer_info peer;
    /// A registration ends without a word where its topic does.
    bool is_registration = false;
    time_point time;
    std::string cause;
  };

  void note(registry::change const& made);

  std::uint64_t read_;
  /// The identities of the producers that have the topic.
  boost::unordered_flat_set<std::string> present_;
  /// By revision, and the revisions by the identity of the producer.
  std::map<std::uint64_t, departure> departures_;
  boost::unordered_flat_map<std::string, std::uint64_t> revisions_;
};

bool departures::read(slice& turn) {
  auto const see = [&](registry::change const& made) {
    if (made.topic == turn.asked && made.channel.empty()) {
      note(made);
    }
  };
  if (turn.budget > 0) {
    turn.db.changes().read(read_, turn.budget, see);
  }
  return turn.budget > 0;
}

void departures::append_to(std::string& out) const {
  for (auto const& left : departures_ | std::views::values | std::views::reverse) {
    if (left.is_registration) {
      continue;
    }
    text::json::append_comma(out);
    append_peer(out, left.peer);
    out.append(R"(,"known_by":"events","last_update":null,"listed":false)");
    append_text(out, R"(,"because":)", dated("unregistered at ", left.time) + " by " + left.cause);
    append_moment(out, R"(,"since":)", left.time);
    append_text(out, R"(,"cause":)", left.cause);
    out.push_back('}');
  }
}

void departures::note(registry::change const& made) {
  if (made.kind == change_kind::topic_removed) {
    for (auto& left : departures_ | std::views::values) {
      if (std::exchange(left.is_registration, false)) {
        left.time = made.time;
        left.cause = made.cause;
      }
    }
    return;
  }
  bool const is_registration = made.kind == change_kind::registered;
  if (made.producer == nullptr || (!is_registration && made.kind != change_kind::unregistered)) {
    return;
  }
  auto identity = identity_of(*made.producer);
  if (present_.contains(identity)) {
    return;
  }
  auto const [known, is_new] = revisions_.try_emplace(std::move(identity), made.revision);
  if (!is_new) {
    departures_.erase(std::exchange(known->second, made.revision));
  }
  departures_.emplace(made.revision, departure{*made.producer, is_registration, made.time,
                                               std::string{made.cause}});
  if (departures_.size() > most_departures) {
    revisions_.erase(identity_of(departures_.begin()->second.peer));
    departures_.erase(departures_.begin());
  }
}

bool write_explained(slice& turn, std::string& out) {
  auto& [name, position, is_inside, has_key, names, is_collected, left] = turn.at;
  if (left == nullptr) {
    left = std::make_shared<departures>(turn.db.changes().forgotten());
  }
  if (!is_collected) {
    auto const write = [&](listed_producer const& producer) {
      append_present(out, producer);
      left->note_present(producer.peer);
    };
    auto entries = turn.budget / cost + 1;
    is_collected = turn.db.list_registered(turn.asked, {}, position, entries, write);
    turn.budget = std::min(turn.budget, entries * cost);
  }
  if (!is_collected || !left->read(turn)) {
    return false;
  }
  left->append_to(out);
  return true;
}

}  // namespace nsqlookupd::http_api
