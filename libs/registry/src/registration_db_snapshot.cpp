// SPDX-License-Identifier: MIT
//
// How everything that is known goes on in another registration_db, without a change.
#include <nsqlookupd/registry/registration_db.hpp>

#include <algorithm>
#include <bit>
#include <limits>
#include <memory>
#include <utility>

namespace nsqlookupd::registry {
namespace {

constexpr std::uint32_t most_records = 0x7fffffff;
constexpr auto no_limit = std::numeric_limits<std::size_t>::max();
constexpr auto no_peer = std::numeric_limits<std::uint32_t>::max();

}  // namespace

class registration_db::saving {
 public:
  saving(registration_db const& db, snapshot& into) : db_{db}, into_{into} {}

  void save_records() {
    into_.records.reserve(db_.topics_.size() + db_.channel_count_);
    for (auto const& topic : db_.topics_) {
      auto& saved = save(topic);
      saved.lookup_changed = topic.lookup_changed;
      saved.channels_changed = topic.channels_changed;
      for (auto const& channel : topic.channels) {
        save(channel);
      }
    }
  }

  void save_producers() {
    into_.producers.reserve(db_.by_key_.size());
    into_.peers.reserve(db_.by_key_.size());
    for (auto const& producer : db_.by_key_) {
      save(producer);
    }
  }

  void save_changes() {
    for (auto const& [revision, name] : db_.removed_topics_) {
      into_.removed_topics.push_back({revision, name});
    }
    into_.forgotten = db_.journal_.forgotten();
    auto since = into_.forgotten;
    auto budget = no_limit;
    db_.journal_.read(since, budget, [&](change const& made) {
      auto const peer = made.producer == nullptr ? no_peer : number_of(*made.producer);
      into_.changes.push_back({made.revision, made.time, made.kind, std::string{made.topic},
                               std::string{made.channel}, peer, std::string{made.cause}});
    });
  }

 private:
  snapshot::record& save(record const& subject) {
    auto const id = static_cast<std::size_t>(subject.id);
    if (id >= numbers_.size()) {
      numbers_.resize(id + 1);
    }
    numbers_[id] = static_cast<std::uint32_t>(into_.records.size());
    into_.names.append(subject.name);
    auto const since =
        subject.producers.empty() ? db_.empty_since_.find(subject.id) : db_.empty_since_.end();
    auto& saved = into_.records.emplace_back();
    saved.name_size = static_cast<std::uint32_t>(subject.name.size());
    saved.is_channel = subject.owner == nullptr ? 0 : 1;
    saved.empty_since = since == db_.empty_since_.end() ? time_point::max() : since->second;
    return saved;
  }

  void save(producer_record const& producer) {
    static_cast<void>(number_of(*producer.peer));
    auto& saved = into_.producers.emplace_back();
    saved.id = producer.id;
    saved.last_update = producer.last_update;
    saved.changed = producer.changed;
    saved.activity_changed = producer.activity_changed;
    saved.known_by = producer.known_by;
    saved.silent = producer.silent;
    saved.confirm_until = producer.confirm_until;
    auto const& all = producer.registrations;
    saved.registrations.reserve(all.size());
    for (auto const& own : all) {
      auto const& subject = db_.records_[own.record];
      if (subject.owner != nullptr) {
        continue;
      }
      auto const* linked = &own;
      do {
        saved.registrations.push_back(
            {number_of(*linked) & most_records, linked->unconfirmed == 0 ? 1U : 0U});
        linked = all.next(linked);
      } while (linked != &own);
      auto const& topic = static_cast<topic_record const&>(subject);
      if (auto const* const found = db_.find_tombstone(topic, producer)) {
        saved.tombstones.push_back({number_of(own), found->set_at, found->hides});
      }
    }
  }

  [[nodiscard]] std::uint32_t number_of(registration const& linked) const {
    return numbers_[static_cast<std::size_t>(linked.record)];
  }

  std::uint32_t number_of(peer_info const& peer) {
    auto const next = static_cast<std::uint32_t>(into_.peers.size());
    auto const [found, is_new] = peers_.emplace(&peer, next);
    if (is_new) {
      into_.peers.push_back(peer);
    }
    return found->second;
  }

  registration_db const& db_;
  snapshot& into_;
  // By record_id.
  std::vector<std::uint32_t> numbers_;
  boost::unordered_flat_map<peer_info const*, std::uint32_t> peers_;
};

snapshot registration_db::take_snapshot() {
  static_cast<void>(advance(now_));
  static_cast<void>(reclaim(no_limit));
  snapshot taken;
  taken.now = now_;
  taken.back_until = back_until_;
  taken.revisions = std::bit_cast<decltype(taken.revisions)>(changed_);
  saving part{*this, taken};
  part.save_records();
  part.save_producers();
  part.save_changes();
  return taken;
}

class registration_db::resuming {
 public:
  resuming(registration_db& db, snapshot& from) : db_{db}, from_{from} {
    peers_.reserve(from.peers.size());
    for (auto& peer : from.peers) {
      peers_.push_back(std::make_shared<peer_info const>(std::move(peer)));
    }
  }

  void resume_records() {
    db_.topic_index_.reserve(from_.records.size());
    records_.reserve(from_.records.size());
    std::string_view names{from_.names};
    topic_record* topic = nullptr;
    for (auto const& saved : from_.records) {
      auto const name = names.substr(0, saved.name_size);
      names.remove_prefix(name.size());
      if (saved.is_channel == 0) {
        topic = &db_.insert_topic(name);
        topic->lookup_changed = saved.lookup_changed;
        topic->channels_changed = saved.channels_changed;
      }
      records_.push_back(saved.is_channel == 0 ? topic : &db_.insert_channel(*topic, name));
    }
  }

  [[nodiscard]] std::vector<producer_id> resume_producers() {
    std::vector<producer_id> ids;
    ids.reserve(from_.producers.size());
    for (auto const& saved : from_.producers) {
      ids.push_back(resume(saved, peers_.at(ids.size())));
    }
    db_.by_activity_.sort([](producer_record const& one, producer_record const& other) {
      return one.last_update < other.last_update;
    });
    for (std::size_t index = 0; index < records_.size(); ++index) {
      if (records_[index]->producers.empty()) {
        db_.note_empty(*records_[index], std::min(from_.records[index].empty_since, db_.now_));
      }
    }
    return ids;
  }

  void resume_changes() {
    for (auto& [revision, name] : from_.removed_topics) {
      auto const end = db_.removed_topics_.end();
      auto const removed = db_.removed_topics_.emplace_hint(end, revision, std::move(name));
      db_.removed_at_.emplace(removed->second, revision);
    }
    db_.journal_.begin_after(from_.forgotten);
    for (auto const& each : from_.changes) {
      auto const peer = each.peer == no_peer ? nullptr : peers_.at(each.peer);
      db_.journal_.add(
          {each.revision, each.time, each.kind, each.topic, each.channel, peer.get(), each.cause},
          peer);
    }
  }

 private:
  producer_id resume(snapshot::producer const& saved, std::shared_ptr<peer_info const> peer) {
    auto& fresh = db_.insert_producer(std::move(peer), saved.last_update);
    fresh.changed = saved.changed;
    fresh.activity_changed = saved.activity_changed;
    fresh.known_by = saved.known_by;
    if (fresh.known_by == origin::member) {
      db_.never_falls_silent(fresh, saved.silent);
    } else if (db_.silence_of(fresh) <= db_.now_ && !std::exchange(fresh.silent, true)) {
      db_.by_activity_.pop_back();
    }
    std::size_t topic_at = 0;
    for (auto const& each : saved.registrations) {
      auto& subject = *records_.at(each.record);
      bool const is_topic = subject.owner == nullptr;
      topic_at = is_topic ? fresh.registrations.size() : topic_at;
      auto const* const topic = is_topic ? nullptr : &fresh.registrations[topic_at];
      auto* const linked = db_.insert_link(fresh, subject, topic);
      linked->unconfirmed = each.is_confirmed == 0 ? 1 : 0;
      fresh.unconfirmed += linked->unconfirmed;
    }
    for (auto const& [topic, set_at, hides] : saved.tombstones) {
      db_.insert_tombstone(*records_.at(topic), fresh, {set_at, hides});
    }
    if (fresh.known_by != origin::connection) {
      db_.without_connection(fresh.known_by).insert(identity_of(fresh));
    } else if (fresh.unconfirmed != 0) {
      fresh.confirm_until = saved.confirm_until;
      db_.adopted_.emplace(fresh.confirm_until, fresh.id);
    }
    return fresh.id;
  }

  registration_db& db_;
  snapshot& from_;
  std::vector<record*> records_;
  std::vector<std::shared_ptr<peer_info const>> peers_;
};

std::vector<producer_id> registration_db::resume(snapshot from) {
  now_ = from.now;
  back_until_ = from.back_until;
  changed_ = std::bit_cast<revisions>(from.revisions);
  resuming part{*this, from};
  part.resume_records();
  auto ids = part.resume_producers();
  part.resume_changes();
  return ids;
}

}  // namespace nsqlookupd::registry
