// SPDX-License-Identifier: MIT
//
// The exchange with etcd: a member's reading and writing.
#include <nsqlookupd/cluster/membership.hpp>
#include <nsqlookupd/log/log.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <utility>

namespace nsqlookupd::cluster {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

// Keys of a page: with values of usual size, some hundred kilobytes.
constexpr std::int64_t page_size = 256;

// Items of the registry in one turn, which takes about a fifth of a millisecond.
constexpr std::size_t items_at_once = 1024;

// Changes are collected for so long before they are told.
constexpr std::chrono::milliseconds tell_pause{10};

// Deletions and tombstones can be read so long by members that were away; at least half of it.
constexpr std::chrono::seconds record_ttl{3600};

// The member's lease is renewed so often in its time.
constexpr int keep_alives_in_ttl = 3;

}  // namespace

// `slice(registration_db&)` returns whether more is left for the next turn.
template <class Slice>
membership::task<void> membership::run_slices(Slice slice) {
  // In the condition of a loop g++ 12 gives run() no copy of `slice`, but garbage.
  bool is_more = co_await actor_.run(slice);
  while (is_more) {
    co_await asio::post(net::use_task);
    is_more = co_await actor_.run(slice);
  }
}

template <class Slice>
membership::task<void> membership::visit_registry(Slice slice) {
  auto visit = run_slices(std::move(slice));
  co_await asio::co_spawn(registry_io_, std::move(visit), net::use_task);
}

membership::task<void> membership::tell_registry(std::deque<news> told) {
  auto const apply = [this, &told](registry::registration_db& db) {
    return registry_.apply(db, told, items_at_once, now_());
  };
  co_await visit_registry(apply);
}

// Deletions that were not told yet are told in the next life.
membership::task<error_code> membership::begin_anew() {
  if (!unsent_.empty()) {
    auto const record = co_await record_lease();
    if (!record) {
      co_return record.error();
    }
    known_.carry_over(unsent_, *record);
  }
  has_changes_ = true;
  auto const begin = [this](registry::registration_db const&) {
    registry_.own().begin_anew();
    return false;
  };
  co_await visit_registry(begin);
  co_return error_code{};
}

membership::task<error_code> membership::read_all() {
  auto const& prefix = known_.keys().prefix();
  auto const end = etcd::end_of_prefix(prefix);
  std::string begin = prefix;
  std::int64_t at = 0;
  bool is_more = true;
  known_.begin_reading();
  while (is_more) {
    auto const page = co_await client_.range(begin, end, page_size, at);
    if (!page) {
      co_return page.error();
    }
    at = at == 0 ? page->revision : at;
    for (auto const& entry : page->entries) {
      bool const is_old = revision_ == 0 || entry.mod_revision <= revision_;
      known_.put(entry, now_(), is_old);
    }
    co_await tell_registry(known_.take_news());
    is_more = page->more && !page->entries.empty();
    if (is_more) {
      begin = page->entries.back().key + '\0';
    }
  }
  known_.end_reading();
  co_await tell_registry(known_.take_news());
  revision_ = at;
  must_read_ = false;
  if (end_unread_at_ == steady_clock::time_point::max()) {
    end_unread_at_ = steady_clock::now();
  }
  co_await end_unread();
  co_return error_code{};
}

// Keys that were known before, and are not there any more, go once their members had their time.
membership::task<void> membership::end_unread() {
  if (steady_clock::now() < end_unread_at_) {
    co_return;
  }
  end_unread_at_ = steady_clock::time_point::max();
  auto const end = [this](registry::registration_db const&) {
    registry_.end_of_reading();
    return false;
  };
  co_await visit_registry(end);
  known_.end_unread();
  co_await tell_registry(known_.take_news());
}

membership::task<error_code> membership::follow_others() {
  while (true) {
    auto answer = co_await watch_->next();
    if (!answer) {
      co_return answer.error();
    }
    bool is_renewed = false;
    for (auto const& each : answer->events) {
      auto const& entry = each.entry;
      is_renewed = is_renewed || entry.key == known_.keys().member(settings_.self.node_id);
      if (each.is_removal) {
        known_.remove(entry.key, entry.mod_revision);
      } else {
        known_.put(entry, now_(), false);
      }
    }
    if (auto told = known_.take_news(); !told.empty()) {
      co_await tell_registry(std::move(told));
    }
    revision_ = std::max(revision_, answer->revision);
    if (is_renewed) {
      look_for_namesake();
      co_await compare_names();
    }
    publish_members();
    if (known_.has_void_keys() && !std::exchange(has_changes_, true)) {
      change_timer_.cancel();
    }
  }
}

// It writes the key of this member, as often as this one does.
void membership::look_for_namesake() {
  auto const& members = known_.members();
  auto const found = members.find(self_.node_id);
  if (found != members.end() && found->second.started_at != self_.started_at &&
      !std::exchange(has_namesake_, true)) {
    log::line(log::level::warning, "CLUSTER: another member has the node id ", self_.node_id,
              ", too; give each its own by -cluster-node-id");
  }
}

// Where two members change one name at once, with a deletion or an end of #ephemeral among it, one
// of them may come to another end. While changes of this member are on their way, keys tell
// nothing.
membership::task<void> membership::compare_names() {
  if (!status().is_synced || has_changes_ || is_collected_ || !unsent_.empty()) {
    co_return;
  }
  known_.repeat_names(revision_);
  co_await tell_registry(known_.take_news());
  std::vector<name_pair> unused;
  registry::registration_name at;
  auto const list = [&](registry::registration_db const& db) {
    return shared_registry::list_unused(db, at, items_at_once / 2, unused);
  };
  co_await visit_registry(list);
  known_.end_unused(unused, revision_);
  co_await tell_registry(known_.take_news());
}

membership::task<error_code> membership::tell_others() {
  auto const collect = [this](registry::registration_db const& db) {
    if (is_frozen_) {
      // Connections are being ended, perhaps since the slice before.
      changes_ = {};
      return false;
    }
    return !registry_.own().collect(db, items_at_once, changes_);
  };
  while (true) {
    if (auto const error = co_await write_changes()) {
      co_return error;
    }
    if (auto const error = co_await commit_unsent()) {
      co_return error;
    }
    if (!has_changes_) {
      if (auto const error = co_await come_into_sync()) {
        co_return error;
      }
    }
    co_await wait_for_changes();
    if (round_error_) {
      co_return round_error_;
    }
    has_changes_ = false;
    changes_ = {};
    co_await visit_registry(collect);
    has_changes_ = has_changes_ || !changes_.is_complete;
    is_collected_ = true;
  }
}

// Or for the end of the round. Both may have come while this coroutine was elsewhere.
membership::task<void> membership::wait_for_changes() {
  while (!round_error_ && (is_frozen_ || !has_changes_)) {
    change_timer_.expires_at(steady_clock::time_point::max());
    co_await change_timer_.async_wait(net::token);
  }
  if (!round_error_) {
    change_timer_.expires_after(tell_pause);
    co_await change_timer_.async_wait(net::token);
  }
}

membership::task<error_code> membership::write_changes() {
  if (!is_collected_) {
    co_return error_code{};
  }
  leases under{lease_, 0};
  if (known_keys::has_records(changes_)) {
    auto const record = co_await record_lease();
    if (!record) {
      co_return record.error();
    }
    under.record = *record;
  }
  auto operations = known_.write(changes_, under, now_());
  std::ranges::move(operations, std::back_inserter(unsent_));
  is_collected_ = false;
  co_return error_code{};
}

// Operations that failed are sent again in the next round.
membership::task<error_code> membership::commit_unsent() {
  std::int64_t at = 0;
  if (!unsent_.empty()) {
    auto const committed = co_await client_.commit(unsent_);
    if (!committed) {
      co_return committed.error();
    }
    unsent_.clear();
    at = *committed;
  } else if (changes_.revision == 0) {
    co_return error_code{};
  }
  auto const note = [this, revision = changes_.revision, at](registry::registration_db const&) {
    registry_.own().committed(revision, at);
    return false;
  };
  co_await visit_registry(note);
  co_return error_code{};
}

// Everything is told: former lives are over.
membership::task<error_code> membership::come_into_sync() {
  if (is_frozen_ || status().is_synced) {
    co_return error_code{};
  }
  self_.former_lives.clear();
  for (auto const lease : former_leases_) {
    self_.former_lives.push_back(key_space::life_of(settings_.self.node_id, lease));
  }
  come_to(true, {});
  if (auto const error = co_await write_self()) {
    co_return error;
  }
  while (!former_leases_.empty()) {
    auto const revoked = co_await client_.revoke_lease(former_leases_.back());
    if (!revoked && revoked.error() != etcd::errc::lease_not_found) {
      co_return revoked.error();
    }
    former_leases_.pop_back();
  }
  co_return error_code{};
}

membership::task<etcd::result<std::int64_t>> membership::record_lease() {
  if (steady_clock::now() < record_lease_until_) {
    co_return record_lease_;
  }
  auto const granted = co_await client_.grant_lease(record_ttl);
  if (granted) {
    record_lease_ = *granted;
    record_lease_until_ = steady_clock::now() + record_ttl / 2;
  }
  co_return granted;
}

membership::task<error_code> membership::keep_alive() {
  while (!round_error_) {
    lease_timer_.expires_after(std::chrono::nanoseconds{settings_.lease_ttl} / keep_alives_in_ttl);
    co_await lease_timer_.async_wait(net::token);
    if (round_error_) {
      break;
    }
    auto const left = co_await client_.keep_alive(lease_);
    if (!left) {
      co_return left.error();
    }
    if (auto const error = co_await write_self()) {
      co_return error;
    }
    co_await end_unread();
  }
  co_return round_error_;
}

membership::task<error_code> membership::write_self() {
  self_.producers = known_.own_producers();
  self_.synced_at = status().is_synced ? now_() : status().last_sync;
  std::vector put{etcd::operation::put(known_.keys().member(settings_.self.node_id),
                                       encode_member(self_), lease_)};
  auto const committed = co_await client_.commit(std::move(put));
  publish_members();
  co_return committed ? error_code{} : committed.error();
}

void membership::publish_members() {
  auto members = known_.members();
  // The own key may not have come back yet.
  members.try_emplace(self_.node_id, self_);
  auto const all = members | std::views::values;
  std::scoped_lock const lock{mutex_};
  status_.members.assign(all.begin(), all.end());
  if (status_.is_synced) {
    status_.last_sync = now_();
  }
}

}  // namespace nsqlookupd::cluster
