// SPDX-License-Identifier: MIT
//
// The changes that other members are told, as operations on keys.
#include <nsqlookupd/cluster/known_keys.hpp>
#include <nsqlookupd/cluster/producer_value.hpp>
#include <nsqlookupd/text/json.hpp>
#include <nsqlookupd/text/number.hpp>

#include <limits>
#include <utility>

namespace nsqlookupd::cluster {
namespace {

using etcd::operation;
using registry::time_point;

// The revision of what is written.
constexpr auto not_known_yet = std::numeric_limits<std::int64_t>::max();

// Calls `visit(name)` for each name of a JSON array of names, which have nothing to escape.
template <class Visit>
void for_each_name(std::string_view array, Visit const& visit) {
  constexpr char quote = '"';
  for (auto begin = array.find(quote); begin != std::string_view::npos;) {
    auto const end = array.find(quote, begin + 1);
    visit(array.substr(begin + 1, end - begin - 1));
    begin = array.find(quote, end + 1);
  }
}

}  // namespace

std::string known_keys::record(std::string_view cause, time_point at, bool anew) const {
  std::string out{R"({"by":)"};
  text::json::append_string(out, node_);
  if (!cause.empty()) {
    out.append(R"(,"cause":)");
    text::json::append_string(out, cause);
  }
  out.append(R"(,"at":)");
  text::append_number(out, rows::microseconds_of(at));
  out.append(anew ? R"(,"anew":1})" : "}");
  return out;
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
  writes_all_ = writes_all_ || changes.begins_anew;
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
      write_addition(name, now, false, into);
    }
  }
}

// A topic goes with the keys of its channels, which may be all that there are.
void known_keys::write_removal(name_pair const& name, bool is_deleted,
                               std::vector<operation>& into) {
  auto const& [topic, channel] = name;
  auto next = names_.lower_bound(name);
  auto const end =
      channel.empty() ? names_.lower_bound({topic + '\0', {}}) : names_.upper_bound(name);
  if (next == end && !is_deleted) {
    return;
  }
  for (; next != end; ++next) {
    next->second.is_going = true;
  }
  if (channel.empty()) {
    into.push_back(operation::remove(keys_.topic(topic)));
    into.push_back(operation::remove_prefix(keys_.channels_of(topic)));
  } else {
    into.push_back(operation::remove(keys_.channel(topic, channel)));
  }
}

void known_keys::write_addition(name_pair const& name, time_point now, bool anew,
                                std::vector<operation>& into) {
  auto const& [topic, channel] = name;
  if (!channel.empty()) {
    write_addition({topic, {}}, now, anew, into);
  }
  if (deletions_.erase(name) != 0) {
    into.push_back(operation::remove(keys_.deletion(topic, channel)));
  }
  auto const [known, is_new] = names_.try_emplace(name, name_key{not_known_yet, false});
  if (is_new || std::exchange(known->second.is_going, false)) {
    into.push_back(
        operation::put(channel.empty() ? keys_.topic(topic) : keys_.channel(topic, channel),
                       record({}, now, anew)));
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
    write_addition({topic, {}}, now, true, into);
    for_each_name(rows.channels_of(row), [&](std::string_view channel) {
      name_pair name{topic, channel};
      if (!deletions_.contains(name)) {
        write_addition(name, now, true, into);
      }
    });
  }
}

// The first key comes last: a registration that moves there is in both for a while, not in none.
void known_keys::write_producer(rows::batch const& rows, rows::producer_row const& row,
                                std::int64_t lease, std::vector<operation>& into) {
  auto const id = static_cast<std::uint32_t>(row.id);
  auto const known = own_parts_.find(id);
  auto const before = known == own_parts_.end() ? 0U : known->second;
  std::uint32_t count = 0;
  if (!row.is_gone) {
    auto values = encode_producer(rows, row);
    count = static_cast<std::uint32_t>(values.size());
    for (auto part = count; part-- > 0;) {
      into.push_back(
          operation::put(keys_.producer(life_, id, part), std::move(values[part]), lease));
    }
    own_parts_[id] = count;
  } else if (known != own_parts_.end()) {
    own_parts_.erase(known);
  }
  for (auto part = count; part < before; ++part) {
    into.push_back(operation::remove(keys_.producer(life_, id, part)));
  }
}

}  // namespace nsqlookupd::cluster
