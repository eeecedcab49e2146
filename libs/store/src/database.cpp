// SPDX-License-Identifier: MIT
#include "database.hpp"

#include <nsqlookupd/registry/names.hpp>

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <limits>
#include <utility>

namespace nsqlookupd::store {
namespace {

using rows::microseconds_of;

namespace json = boost::json;
using registry::time_point;

constexpr std::int64_t schema_version = 1;

// Temporary tables would need a directory that may be written. A write-ahead log that had to be
// large does not stay so.
constexpr auto settings = R"(
pragma journal_mode = wal;
pragma synchronous = full;
pragma journal_size_limit = 4194304;
pragma temp_store = memory;
)";

constexpr auto schema = R"(
begin immediate;
create table meta(key text primary key, value integer not null) strict, without rowid;
create table topics(topic text primary key, channels text not null) strict, without rowid;
create table producers(
  id integer primary key,
  remote_address text not null,
  hostname text not null,
  broadcast_address text not null,
  tcp_port integer not null,
  http_port integer not null,
  version text not null,
  topology_zone text not null,
  topology_region text not null,
  last_seen integer not null,
  silent integer not null,
  registrations text not null,
  tombstones text not null) strict;
create view registrations(id, broadcast_address, topic, channel) as
  select p.id, p.broadcast_address, t.key, c.value
  from producers p, json_each(p.registrations) t left join json_each(t.value) c;
create view channels(topic, channel) as
  select t.topic, c.value from topics t, json_each(t.channels) c;
pragma user_version = 1;
commit;
)";

std::int64_t ask_number(connection& opened, std::string_view sql) {
  statement question{opened, sql};
  return question.step() ? question.number(0) : 0;
}

connection open_tables(std::string const& path) {
  connection opened{path};
  auto const version = ask_number(opened, "pragma user_version");
  if (version > schema_version) {
    throw file_error{fault::newer, "its schema has version " + std::to_string(version)};
  }
  bool const is_empty = ask_number(opened, "select count(*) from sqlite_schema") == 0;
  if (version != (is_empty ? 0 : schema_version)) {
    throw file_error{fault::damage, "its tables are not those of nsqlookupd"};
  }
  opened.execute(settings);
  if (is_empty) {
    opened.execute(schema);
  }
  return opened;
}

[[noreturn]] void fail_to_read(std::string const& reason) {
  throw file_error{fault::damage, reason};
}

time_point moment_of(std::int64_t microseconds) {
  constexpr auto most = std::chrono::floor<std::chrono::microseconds>(time_point::duration::max());
  if (microseconds > most.count() || microseconds < -most.count()) {
    fail_to_read("a moment is out of range");
  }
  return time_point{std::chrono::microseconds{microseconds}};
}

std::string valid(std::string_view name) {
  if (!registry::is_valid_name(name)) {
    fail_to_read("a row has a name that is none of a topic or channel");
  }
  return std::string{name};
}

// Names as they stay in `all`, to which they are added.
auto& topic_in(state& all, std::string_view name) {
  auto const found = all.topics.find(name);
  return found != all.topics.end() ? *found : *all.topics.try_emplace(valid(name)).first;
}

std::string_view channel_in(std::set<std::string, std::less<>>& channels, std::string_view name) {
  auto const found = channels.find(name);
  return found != channels.end() ? *found : *channels.insert(valid(name)).first;
}

// Boost.JSON throws where a value is of another type than these.
std::string_view text_of(json::value const& name) {
  auto const& text = name.as_string();
  return {text.data(), text.size()};
}

void add_topic(state& all, std::string_view name, json::value const& channels) {
  auto& topic = topic_in(all, name);
  for (auto const& channel : channels.as_array()) {
    channel_in(topic.second, text_of(channel));
  }
}

void add_registrations(state& all, state::producer& producer, json::value const& topics) {
  producer.registrations.reserve(topics.as_object().size() * 2);
  for (auto const& [key, channels] : topics.as_object()) {
    auto& topic = topic_in(all, key);
    producer.registrations.push_back({topic.first, {}});
    for (auto const& channel : channels.as_array()) {
      producer.registrations.push_back({topic.first, channel_in(topic.second, text_of(channel))});
    }
  }
}

void add_tombstones(state& all, state::producer& producer, json::value const& topics) {
  for (auto const& [key, set_at] : topics.as_object()) {
    producer.tombstones.push_back({topic_in(all, key).first, moment_of(set_at.as_int64())});
  }
}

state::producer read_peer(statement const& row) {
  state::producer read;
  read.peer = {.remote_address = std::string{row.text(0)},
               .hostname = std::string{row.text(1)},
               .broadcast_address = std::string{row.text(2)},
               .tcp_port = row.number(3),
               .http_port = row.number(4),
               .version = std::string{row.text(5)},
               .topology_zone = std::string{row.text(6)},
               .topology_region = std::string{row.text(7)}};
  if (read.peer.broadcast_address.empty()) {
    fail_to_read("a producer has no broadcast address");
  }
  read.last_seen = moment_of(row.number(8));
  read.was_silent = row.number(9) != 0;
  return read;
}

state read_rows(connection& opened) {
  state all;
  for (statement rows{opened, "select key, value from meta"}; rows.step();) {
    if (rows.text(0) == "revision") {
      all.revision = static_cast<std::uint64_t>(std::max<std::int64_t>(rows.number(1), 0));
    } else if (rows.text(0) == "alive_at") {
      all.alive_at = moment_of(rows.number(1));
    }
  }
  alignas(std::max_align_t) unsigned char buffer[std::size_t{16} << 10U];
  json::monotonic_resource memory{buffer, sizeof buffer};
  for (statement rows{opened, "select topic, channels from topics"}; rows.step();) {
    add_topic(all, rows.text(0), json::parse(rows.text(1), &memory));
    memory.release();
  }
  statement rows{opened,
                 "select remote_address, hostname, broadcast_address, tcp_port, http_port, version,"
                 " topology_zone, topology_region, last_seen, silent, registrations, tombstones"
                 " from producers"};
  while (rows.step()) {
    auto read = read_peer(rows);
    if (!read.was_silent) {
      read.last_seen = std::max(read.last_seen, all.alive_at);
    }
    add_registrations(all, read, json::parse(rows.text(10), &memory));
    add_tombstones(all, read, json::parse(rows.text(11), &memory));
    memory.release();
    all.producers.push_back(std::move(read));
  }
  std::ranges::sort(all.producers, {}, &state::producer::last_seen);
  return all;
}

// Reads every page of the tables, so that no other check is needed.
state read_tables(connection& opened) {
  try {
    return read_rows(opened);
  } catch (file_error const&) {
    throw;
  } catch (std::exception const& error) {
    fail_to_read(std::string{"a row has unusable JSON: "} + error.what());
  }
}

}  // namespace

database::database(std::string const& path)
    : connection_{open_tables(path)},
      put_meta_{connection_, "insert or replace into meta values(?, ?)"},
      put_topic_{connection_, "insert or replace into topics values(?, ?)"},
      drop_topic_{connection_, "delete from topics where topic = ?"},
      put_producer_{
          connection_,
          "insert or replace into producers values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
      drop_producer_{connection_, "delete from producers where id = ?"} {}

state database::read() {
  return read_tables(connection_);
}

state read_alone(std::string const& path) {
  connection opened{path, opening::to_read};
  return read_tables(opened);
}

void database::begin() {
  if (connection_.has_moved()) {
    throw file_error{fault::passing, "the file was moved or deleted"};
  }
  connection_.execute("begin immediate");
  in_transaction_ = true;
}

void database::write(rows::batch const& rows, time_point now) {
  if (!in_transaction_) {
    begin();
  }
  if (rows.begins_anew) {
    connection_.execute("delete from topics; delete from producers");
  }
  for (auto const& row : rows.topics) {
    write_topic(rows, row);
  }
  for (auto const& row : rows.producers) {
    write_producer(rows, row);
  }
  if (rows.is_complete) {
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    put_meta_.run(std::string_view{"revision"},
                  static_cast<std::int64_t>(std::min(rows.revision, most)));
    put_meta_.run(std::string_view{"alive_at"}, microseconds_of(now));
    connection_.execute("commit");
    in_transaction_ = false;
  }
}

void database::write_topic(rows::batch const& rows, rows::topic_row const& row) {
  auto const name = rows.name_of(row);
  if (row.channels_size == 0) {
    drop_topic_.run(name);
  } else {
    put_topic_.run(name, rows.channels_of(row));
  }
}

void database::write_producer(rows::batch const& rows, rows::producer_row const& row) {
  auto const id = static_cast<std::int64_t>(row.id);
  if (row.is_gone) {
    drop_producer_.run(id);
    return;
  }
  auto const [remote, host, broadcast, version, zone, region, registrations, tombstones] =
      rows.texts_of(row);
  put_producer_.run(id, remote, host, broadcast, row.tcp_port, row.http_port, version, zone, region,
                    microseconds_of(row.last_seen), std::int64_t{row.is_silent}, registrations,
                    tombstones);
}

void database::touch(time_point now) {
  if (!in_transaction_) {
    begin();
    put_meta_.run(std::string_view{"alive_at"}, microseconds_of(now));
    connection_.execute("commit");
    in_transaction_ = false;
  }
}

void database::finish() {
  if (in_transaction_) {
    connection_.execute("rollback");
    in_transaction_ = false;
  }
  connection_.execute("pragma wal_checkpoint(truncate)");
  connection_.tidy_up();
}

}  // namespace nsqlookupd::store
