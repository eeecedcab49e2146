// SPDX-License-Identifier: MIT
#include <nsqlookupd/cluster/known_keys.hpp>
#include <nsqlookupd/registry/names.hpp>

#include "json_record.hpp"

#include <algorithm>
#include <utility>

namespace nsqlookupd::cluster {
namespace {

using registry::time_point;

name_pair name_of(parsed_key const& key) {
  return {std::string{key.topic}, std::string{key.channel}};
}

// A deletion is known by the path that its cause names.
std::string cause_of(json_record const& from, std::string_view path) {
  auto cause = from.get<std::string>("cause");
  if (cause.find(" /") == std::string::npos) {
    cause.assign("POST ").append(path);
  }
  return cause.append(" at member ").append(from.get<std::string>("by"));
}

name_news repeated(name_news::event happened, name_pair const& name, std::int64_t revision) {
  return {.happened = happened,
          .topic = name.first,
          .channel = name.second,
          .cause = "member",
          .revision = revision,
          .is_repeated = true};
}

}  // namespace

known_keys::known_keys(key_space keys, std::string node,
                       std::chrono::nanoseconds tombstone_lifetime)
    : keys_{std::move(keys)}, node_{std::move(node)}, tombstone_lifetime_{tombstone_lifetime} {}

void known_keys::begin_life(std::int64_t lease) {
  life_ = key_space::life_of(node_, lease);
  own_parts_.clear();
}

void known_keys::begin_reading() {
  ++reading_;
  names_.clear();
  deletions_.clear();
  is_reading_ = true;
  read_deletions_.clear();
}

void known_keys::end_reading() {
  is_reading_ = false;
  for (auto& each : std::exchange(read_deletions_, {})) {
    // A topic is there, too, as long as a channel of it is.
    auto const is_later = [&](auto const& known) { return known.second.written > each.revision; };
    bool const is_over =
        std::ranges::any_of(range_of(names_, {each.topic, each.channel}), is_later);
    if (!is_over) {
      void_.emplace(each.topic, each.channel);
      told_.emplace_back(std::move(each));
    }
  }
}

void known_keys::end_unread() {
  for (auto next = read_.begin(); next != read_.end();) {
    auto const known = next;
    ++next;
    if (known->second != reading_) {
      auto const gone = known->first;
      remove(gone, 0);
    }
  }
}

void known_keys::put(etcd::key_value const& entry, time_point now, bool is_old) {
  auto const key = keys_.parse(entry.key);
  if (!key || key->kind == key_kind::marker || (!life_.empty() && key->life == life_)) {
    return;
  }
  switch (key->kind) {
    case key_kind::member:
      put_member(*key, entry);
      break;
    case key_kind::producer:
      if (auto value = decode_producer(entry.value)) {
        read_[entry.key] = reading_;
        told_.emplace_back(producer_news{std::string{key->life}, std::string{key->producer},
                                         key->part, std::move(value)});
      }
      break;
    case key_kind::tombstone:
      if (!is_old) {
        put_tombstone(*key, entry, now);
      }
      break;
    default:
      put_name(*key, entry);
  }
}

// All that it wrote in former lives it has written again.
void known_keys::put_member(parsed_key const& key, etcd::key_value const& entry) {
  read_[entry.key] = reading_;
  auto member = decode_member(key.node, entry.value);
  for (auto const& life : member.former_lives) {
    auto const prefix = keys_.producers_of(life);
    for (auto next = read_.lower_bound(prefix);
         next != read_.end() && next->first.starts_with(prefix);) {
      auto const gone = next->first;
      ++next;
      remove(gone, entry.mod_revision);
    }
  }
  members_[std::string{key.node}] = std::move(member);
}

void known_keys::put_name(parsed_key const& key, etcd::key_value const& entry) {
  if (!registry::is_valid_name(key.topic) ||
      (!key.channel.empty() && !registry::is_valid_name(key.channel))) {
    return;
  }
  read_[entry.key] = reading_;
  json_record const record{entry.value};
  auto const name = name_of(key);
  name_news one{.topic = name.first, .channel = name.second, .revision = entry.mod_revision};
  if (key.kind == key_kind::deletion) {
    deletions_[name] = entry.mod_revision;
    one.happened = name_news::event::deleted;
    one.cause = cause_of(record, key.channel.empty() ? "/topic/delete" : "/channel/delete");
    if (is_reading_) {
      read_deletions_.push_back(std::move(one));
      return;
    }
  } else {
    auto& known = names_[name];
    known.written = record.get<std::int64_t>("anew") == 0 ? entry.mod_revision : 0;
    known.is_created = record.get<std::int64_t>("created") != 0;
    if (is_deleted(name, known.written)) {
      void_.insert(name);
      return;
    }
    one.happened = name_news::event::added;
    one.cause = "member " + record.get<std::string>("by");
  }
  told_.emplace_back(std::move(one));
}

void known_keys::put_tombstone(parsed_key const& key, etcd::key_value const& entry,
                               time_point now) {
  json_record const record{entry.value};
  auto const set_at = time_of(record.get<std::int64_t>("at"));
  if (record.get<std::string>("by") != node_ &&
      registry::later(set_at, tombstone_lifetime_) > now) {
    told_.emplace_back(tombstone_news{false, std::string{key.topic}, std::string{key.address},
                                      set_at, cause_of(record, "/topic/tombstone")});
  }
}

void known_keys::remove(std::string const& name, std::int64_t revision) {
  auto const key = keys_.parse(name);
  if (key && key->kind == key_kind::tombstone) {
    told_.emplace_back(tombstone_news{true, std::string{key->topic}, std::string{key->address}});
    return;
  }
  if (!key || read_.erase(name) == 0) {
    return;
  }
  switch (key->kind) {
    case key_kind::member:
      members_.erase(std::string{key->node});
      break;
    case key_kind::producer:
      told_.emplace_back(
          producer_news{std::string{key->life}, std::string{key->producer}, key->part, nullptr});
      break;
    case key_kind::deletion:
      deletions_.erase(name_of(*key));
      break;
    case key_kind::name:
      remove_name(name_of(*key), revision);
      break;
    default:
      break;
  }
}

bool known_keys::is_deleted(name_pair const& name, std::int64_t since) const {
  auto const is_later = [&](name_pair const& deleted) {
    auto const found = deletions_.find(deleted);
    return found != deletions_.end() && found->second > since;
  };
  return is_later(name) || is_later({name.first, {}});
}

void known_keys::remove_name(name_pair name, std::int64_t revision) {
  auto const known = names_.extract(name);
  // A deletion was told before.
  if (is_deleted(name, known.empty() ? 0 : known.mapped().written)) {
    return;
  }
  // The key of a channel may have been the last that told of its topic.
  bool const is_last = !name.second.empty() && range_of(names_, {name.first, {}}).empty();
  name_news one{.happened = name_news::event::removed,
                .topic = std::move(name.first),
                .channel = std::move(name.second),
                .cause = "member",
                .revision = revision};
  told_.emplace_back(one);
  if (is_last) {
    one.channel.clear();
    told_.emplace_back(std::move(one));
  }
}

void known_keys::repeat_names(std::int64_t revision) {
  for (auto const& [name, key] : names_) {
    if (!key.is_going && !is_deleted(name, key.written)) {
      told_.emplace_back(repeated(name_news::event::added, name, revision));
    }
  }
}

void known_keys::end_unused(std::vector<name_pair> const& names, std::int64_t revision) {
  for (auto const& name : names) {
    auto const& [topic, channel] = name;
    auto const found = names_.find(name);
    if (found == names_.end()) {
      told_.emplace_back(repeated(name_news::event::removed, name, revision));
    } else if (!found->second.is_created &&
               registry::is_ephemeral(channel.empty() ? topic : channel)) {
      void_.insert(name);
    }
  }
}

bool known_keys::has_records(outgoing const& changes) noexcept {
  return !changes.tombstones.empty() || std::ranges::any_of(changes.names, [](auto const& each) {
    return each.second.was_deleted;
  });
}

}  // namespace nsqlookupd::cluster
