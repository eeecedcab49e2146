// SPDX-License-Identifier: MIT
//
// The changes that other members are told, as operations on keys.
#include <nsqlookupd/cluster/known_keys.hpp>
#include <nsqlookupd/cluster/producer_value.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <limits>
#include <utility>

namespace nsqlookupd::cluster {
namespace {

namespace json = boost::json;
using etcd::operation;
using registry::time_point;

// The revision of what is written.
constexpr auto not_known_yet = std::numeric_limits<std::int64_t>::max();

// Marks of names.
constexpr std::string_view anew = "anew";
constexpr std::string_view created = "created";

}  // namespace

std::string known_keys::record(std::string_view cause, time_point at, std::string_view mark) const {
  json::object record{{"by", node_}};
  if (!cause.empty()) {
    record["cause"] = cause;
  }
  record["at"] = rows::microseconds_of(at);
  if (!mark.empty()) {
    record[mark] = 1;
  }
  return json::serialize(record);
}

std::vector<operation> known_keys::write(outgoing const& changes, leases under, time_point now) {
  std::vector<operation> operations;
  for (auto const& name : std::exchange(void_, {})) {
    write_removal(name, false, operations);
  }
  write_names(changes, under, now, operations);
  for (auto const& [name, set_at] : changes.tombstones) {
    operations.push_back(
        operation::put(keys_.tombstone(name.first, name.second), record({}, set_at), under.record));
  }
  for (auto const& [topic, address] : changes.ended_tombstones) {
    operations.push_back(operation::remove(keys_.tombstone(topic, address)));
  }
  writes_all_ = writes_all_ || changes.rows.begins_anew;
  if (writes_all_) {
    write_all_names(changes.rows, now, operations);
  }
  for (auto const& row : changes.rows.producers) {
    write_producer(changes.rows, row, under.member, operations);
  }
  writes_all_ = writes_all_ && !changes.is_complete;
  return operations;
}

void known_keys::carry_over(std::vector<operation>& unsent, std::int64_t record) const {
  auto const is_of_producer = [this](operation const& each) {
    auto const key = keys_.parse(each.key);
    return key && key->kind == key_kind::producer;
  };
  std::erase_if(unsent, is_of_producer);
  for (auto& each : unsent) {
    each.lease = each.lease == 0 ? 0 : record;
  }
}

void known_keys::write_names(outgoing const& changes, leases under, time_point now,
                             std::vector<operation>& into) {
  for (auto const& [name, change] : changes.names) {
    if (change.was_deleted) {
      into.push_back(operation::put(keys_.deletion(name.first, name.second),
                                    record(change.cause, now), under.record));
      deletions_[name] = not_known_yet;
    }
    if (change.was_deleted || change.was_removed) {
      write_removal(name, change.was_deleted, into);
    }
    if (change.was_added) {
      write_addition(name, now, change.was_created ? created : std::string_view{}, into);
    }
  }
}

// A topic goes with the keys of its channels, which may be all that there are.
void known_keys::write_removal(name_pair const& name, bool is_deleted,
                               std::vector<operation>& into) {
  auto const& [topic, channel] = name;
  auto const known = range_of(names_, name);
  if (known.empty() && !is_deleted) {
    return;
  }
  for (auto& each : known) {
    each.second.is_going = true;
  }
  into.push_back(operation::remove(keys_.name(topic, channel)));
  if (channel.empty()) {
    into.push_back(operation::remove_prefix(keys_.channels_of(topic)));
  }
}

void known_keys::write_addition(name_pair const& name, time_point now, std::string_view mark,
                                std::vector<operation>& into) {
  auto const& [topic, channel] = name;
  if (!channel.empty()) {
    write_addition({topic, {}}, now, mark, into);
  }
  if (deletions_.erase(name) != 0) {
    into.push_back(operation::remove(keys_.deletion(topic, channel)));
  }
  auto const [known, is_new] =
      names_.try_emplace(name, name_key{not_known_yet, false, mark == created});
  if (is_new || std::exchange(known->second.is_going, false)) {
    into.push_back(operation::put(keys_.name(topic, channel), record({}, now, mark)));
  }
}

void known_keys::write_all_names(rows::batch const& rows, time_point now,
                                 std::vector<operation>& into) {
  for (auto const& row : rows.topics) {
    std::string const topic{rows.name_of(row)};
    // A deletion that is known stays: the topic is there because its end is not told yet.
    if (row.channels_size == 0 || deletions_.contains({topic, {}})) {
      continue;
    }
    write_addition({topic, {}}, now, anew, into);
    auto const channels = json::parse(rows.channels_of(row));
    for (auto const& channel : channels.as_array()) {
      name_pair const name{topic, channel.as_string()};
      if (!deletions_.contains(name)) {
        write_addition(name, now, anew, into);
      }
    }
  }
}

// The first key comes last: a registration that moves there is in both for a while, not in none.
void known_keys::write_producer(rows::batch const& rows, rows::producer_row const& row,
                                std::int64_t lease, std::vector<operation>& into) {
  auto const id = static_cast<std::uint32_t>(row.id);
  auto values = row.is_gone ? std::vector<std::string>{} : encode_producer(rows, row);
  auto const count = static_cast<std::uint32_t>(values.size());
  for (auto part = count; part-- > 0;) {
    into.push_back(operation::put(keys_.producer(life_, id, part), std::move(values[part]), lease));
  }
  auto const before = std::exchange(own_parts_[id], count);
  for (auto part = count; part < before; ++part) {
    into.push_back(operation::remove(keys_.producer(life_, id, part)));
  }
  if (row.is_gone) {
    own_parts_.erase(id);
  }
}

}  // namespace nsqlookupd::cluster
