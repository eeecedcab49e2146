// SPDX-License-Identifier: MIT
#include <nsqlookupd/cluster/member_producers.hpp>
#include <nsqlookupd/cluster/own_changes.hpp>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <utility>

namespace nsqlookupd::cluster {

using registry::change_kind;
using registry::origin;
using registry::producer_id;
using registry::registration_db;

std::string member_producers::identity_of(registry::peer_info const& peer) {
  std::string identity{peer.hostname};
  identity.append(1, '\0').append(peer.broadcast_address).append(1, '\0');
  return identity.append(std::to_string(peer.tcp_port))
      .append(1, ':')
      .append(std::to_string(peer.http_port));
}

template <class Visit>
void member_producers::visit_copies(group const& subject, Visit const& visit) {
  std::size_t number = 0;
  std::string_view life;
  for (auto const& [name, each] : subject.copies) {
    number = each.life == life ? number + 1 : 0;
    life = each.life;
    visit(number, each.parts);
  }
}

std::size_t member_producers::count(group const& subject) {
  std::size_t most = 0;
  visit_copies(subject,
               [&](std::size_t number, auto const&) { most = std::max(most, number + 1); });
  return most;
}

member_producers::values member_producers::values_of(group const& subject, std::size_t number) {
  values result;
  visit_copies(subject, [&](std::size_t its_number, auto const& parts) {
    if (its_number == number) {
      std::ranges::copy(parts | std::views::values, std::back_inserter(result));
    }
  });
  return result;
}

member_producers::group& member_producers::group_of(std::string const& identity) {
  auto const [found, is_new] = groups_.try_emplace(identity);
  if (is_new) {
    found->second.identity = identity;
  }
  return found->second;
}

void member_producers::follow(registration_db& db) {
  db.follow(*this);
  db.ask_members([this](producer_id id) { return leave_to_members(id); });
}

void member_producers::note(registry::listed_producer const& one) {
  auto& subject = group_of(identity_of(one.peer));
  (one.known_by == origin::member ? subject.shown : subject.here).push_back(one.id);
  by_id_.emplace(one.id, &subject);
}

void member_producers::note(group& subject) {
  if (work_.subject == &subject) {
    work_ = {};
  }
  if (!std::exchange(subject.is_noted, true)) {
    noted_.push_back(&subject);
  }
}

void member_producers::add(producer_news told) {
  auto const found = by_producer_.find(told.producer);
  if (told.value == nullptr) {
    if (found != by_producer_.end()) {
      remove_copy(*found->second, told.producer, told.part);
    }
    return;
  }
  auto& subject = group_of(identity_of(told.value->producer.peer));
  if (found != by_producer_.end() && found->second != &subject) {
    remove_copy(*found->second, told.producer, told.part);
  }
  by_producer_[told.producer] = &subject;
  auto& own = subject.copies[told.producer];
  own.life = std::move(told.life);
  auto& value = own.parts[told.part];
  if (value != nullptr) {
    for (auto const& [topic, set_at] : value->tombstones) {
      if (!told.value->tombstones.contains(topic) && told.value->has(topic, {})) {
        subject.revived.push_back(topic);
      }
    }
  }
  value = std::move(told.value);
  note(subject);
}

void member_producers::remove_copy(group& subject, std::string const& producer,
                                   std::uint32_t part) {
  auto const found = subject.copies.find(producer);
  auto const gone = found->second.parts.find(part);
  if (gone != found->second.parts.end()) {
    // Those that are left may not know of a tombstone: it ends with its registration.
    for (auto const& [topic, set_at] : gone->second->tombstones) {
      subject.revived.push_back(topic);
    }
    found->second.parts.erase(gone);
  }
  if (found->second.parts.empty()) {
    subject.copies.erase(found);
    by_producer_.erase(producer);
  }
  note(subject);
}

void member_producers::forget(std::string_view topic, std::string_view channel) {
  for (auto& [identity, subject] : groups_) {
    for (auto& [name, each] : subject.copies) {
      for (auto& [part, value] : each.parts) {
        auto const found = value->topics.find(topic);
        if (found == value->topics.end()) {
          continue;
        }
        if (channel.empty()) {
          value->topics.erase(found);
        } else {
          std::erase(found->second, channel);
        }
        note(subject);
      }
    }
  }
}

void member_producers::revive(std::string const& topic, std::string_view address) {
  for (auto& [identity, subject] : groups_) {
    if (subject.shown.empty() || subject.copies.empty()) {
      continue;
    }
    auto const& value = subject.copies.begin()->second.parts.begin()->second;
    if (address_of(value->producer.peer) == address) {
      subject.revived.push_back(topic);
      note(subject);
    }
  }
}

void member_producers::end_of_reading() {
  for (auto& [identity, subject] : groups_) {
    if (!subject.shown.empty()) {
      note(subject);
    }
  }
}

bool member_producers::leave_to_members(producer_id id) {
  auto const found = by_id_.find(id);
  if (is_changing_ || found == by_id_.end()) {
    return false;
  }
  auto& subject = *found->second;
  if (count(subject) < subject.here.size() + subject.shown.size()) {
    return false;
  }
  std::erase(subject.here, id);
  subject.shown.push_back(id);
  is_leaving_ = true;
  note(subject);
  return true;
}

void member_producers::on_change(registry::change const& made) {
  if (is_deletion(made)) {
    forget(made.topic, made.channel);
  }
  note_name(made);
  bool const comes =
      made.kind == change_kind::producer_added || made.kind == change_kind::producer_restored;
  bool const goes =
      made.kind == change_kind::producer_removed || made.kind == change_kind::producer_expired;
  if (is_changing_ || (!comes && !goes) || (comes && std::exchange(is_leaving_, false))) {
    return;
  }
  if (auto const found = by_id_.find(made.id); found != by_id_.end()) {
    auto& former = *found->second;
    std::erase(former.here, made.id);
    std::erase(former.shown, made.id);
    by_id_.erase(found);
    note(former);
  }
  if (comes) {
    auto& subject = group_of(identity_of(*made.producer));
    subject.here.push_back(made.id);
    by_id_.emplace(made.id, &subject);
    note(subject);
  }
}

void member_producers::note_name(registry::change const& made) {
  bool const is_added =
      made.kind == change_kind::topic_added || made.kind == change_kind::channel_added;
  name_pair name{made.topic, made.channel};
  if (is_added && is_changing_) {
    implied_.insert(std::move(name));
  } else if (made.kind == change_kind::channel_removed || made.kind == change_kind::topic_removed) {
    auto const gone = range_of(implied_, name);
    implied_.erase(gone.begin(), gone.end());
  }
}

void member_producers::end_implied(registration_db& db) {
  auto const is_empty = [&](name_pair const& name) {
    return !db.is_registered(name.first, name.second);
  };
  std::vector<name_pair> ended;
  std::ranges::copy_if(implied_, std::back_inserter(ended), is_empty);
  for (auto const& [topic, channel] : ended) {
    if (channel.empty()) {
      db.delete_topic(topic, "member");
    } else {
      db.delete_channel(topic, channel, "member");
    }
  }
}

// They must not change between the pages in which they are read.
void member_producers::on_registrations_lost(std::span<producer_id const> producers) {
  if (!is_changing_ && work_.subject != nullptr &&
      std::ranges::find_first_of(work_.subject->shown, producers) != work_.subject->shown.end()) {
    work_ = {};
  }
}

bool member_producers::reconcile(registration_db& db, std::size_t budget) {
  is_changing_ = true;
  while (!noted_.empty() && budget > 0 && reconcile_group(db, budget)) {
    auto& done = *noted_.front();
    noted_.pop_front();
    done.is_noted = false;
    done.revived.clear();
    work_ = {};
    if (done.here.empty() && done.shown.empty() && done.copies.empty()) {
      groups_.erase(done.identity);
    }
  }
  if (noted_.empty()) {
    end_implied(db);
  }
  is_changing_ = false;
  return !noted_.empty();
}

// The group that was noted first, which may have changed since the turn before.
bool member_producers::reconcile_group(registration_db& db, std::size_t& budget) {
  auto& subject = *noted_.front();
  work_.subject = &subject;
  auto const all = count(subject);
  auto const wanted = all - std::min(all, subject.here.size());
  while (subject.shown.size() > wanted && budget > 0) {
    auto const gone = subject.shown.back();
    subject.shown.pop_back();
    by_id_.erase(gone);
    db.remove_producer(gone, "member");
    --budget;
  }
  while (work_.next_shown < wanted && budget > 0) {
    if (work_.wanted.empty()) {
      begin_producer(db);
      --budget;
    }
    read_registrations(db, budget);
    leave_surplus(db, budget);
    register_wanted(db, budget);
    if (budget > 0) {
      set_tombstones(db);
      work next;
      next.subject = &subject;
      next.next_shown = work_.next_shown + 1;
      work_ = std::move(next);
    }
  }
  return subject.shown.size() == wanted && work_.next_shown == wanted;
}

void member_producers::begin_producer(registration_db& db) {
  auto& subject = *work_.subject;
  work_.wanted = values_of(subject, subject.here.size() + work_.next_shown);
  auto said = work_.wanted.front()->producer;
  for (auto const& each : work_.wanted) {
    said.is_silent = said.is_silent && each->producer.is_silent;
    said.last_update = std::max(said.last_update, each->producer.last_update);
  }
  work_.cause = "member";
  if (work_.next_shown < subject.shown.size()) {
    db.update_member_producer(subject.shown[work_.next_shown], std::move(said), work_.cause);
  } else {
    auto const id = db.add_member_producer(std::move(said), work_.cause);
    subject.shown.push_back(id);
    by_id_.emplace(id, &subject);
  }
}

void member_producers::read_registrations(registration_db& db, std::size_t& budget) {
  if (work_.is_read || budget == 0) {
    return;
  }
  auto const is_revived = [&](std::string_view topic) {
    auto const is_hidden = [&](auto const& value) { return value->tombstones.contains(topic); };
    return std::ranges::count(work_.subject->revived, topic) != 0 &&
           std::ranges::none_of(work_.wanted, is_hidden);
  };
  auto const is_wanted = [&](std::string_view topic, std::string_view channel) {
    return std::ranges::any_of(work_.wanted,
                               [&](auto const& value) { return value->has(topic, channel); });
  };
  auto const sort = [&](registry::listed_registration const& one) {
    bool const has_ended = one.tombstoned_at && is_revived(one.topic);
    if (has_ended || !is_wanted(one.topic, one.channel)) {
      work_.surplus.emplace_back(one.topic, one.channel);
    } else if (one.tombstoned_at) {
      work_.hidden.emplace_back(one.topic);
    }
  };
  auto const id = work_.subject->shown[work_.next_shown];
  work_.is_read = db.registrations_of(id, work_.at, budget, sort);
}

void member_producers::leave_surplus(registration_db& db, std::size_t& budget) {
  auto const id = work_.subject->shown[work_.next_shown];
  while (work_.is_read && budget > 0 && !work_.surplus.empty()) {
    auto const& [topic, channel] = work_.surplus.back();
    --budget;
    if (!channel.empty()) {
      static_cast<void>(db.unregister_channel(id, topic, channel, work_.cause));
    } else if (db.unregister_topic(id, topic, budget + 1, work_.cause).more) {
      continue;
    }
    work_.surplus.pop_back();
  }
}

void member_producers::register_wanted(registration_db& db, std::size_t& budget) {
  auto const id = work_.subject->shown[work_.next_shown];
  while (work_.is_read && budget > 0 && work_.next_value < work_.wanted.size()) {
    auto const& topics = work_.wanted[work_.next_value]->topics;
    auto const topic =
        work_.next_channel == 0 ? topics.upper_bound(work_.topic) : topics.find(work_.topic);
    if (topic == topics.end()) {
      ++work_.next_value;
      work_.topic.clear();
      continue;
    }
    --budget;
    auto const& channels = topic->second;
    work_.topic = topic->first;
    std::string_view const channel =
        channels.empty() ? std::string_view{} : channels[work_.next_channel];
    static_cast<void>(db.register_producer(id, topic->first, channel, work_.cause));
    work_.next_channel = work_.next_channel + 1 < channels.size() ? work_.next_channel + 1 : 0;
  }
}

void member_producers::set_tombstones(registration_db& db) {
  auto const id = work_.subject->shown[work_.next_shown];
  for (auto const& value : work_.wanted) {
    for (auto const& [topic, set_at] : value->tombstones) {
      if (std::ranges::count(work_.hidden, topic) == 0) {
        db.restore_tombstone(id, topic, set_at, work_.cause);
      }
    }
  }
}

}  // namespace nsqlookupd::cluster
