// SPDX-License-Identifier: MIT
#include "stored_registry.hpp"

#include "registry_listings.hpp"
#include "sqlite.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace nsqlookupd::store {
namespace {

using registry::listed_producer;
using registry::peer_info;
using registry::time_point;

constexpr int most_slices = 100'000;

std::string producer_line(peer_info const& peer, bool is_silent, time_point last_seen) {
  std::string line = "producer " + peer.remote_address + '|' + peer.hostname + '|' +
                     peer.broadcast_address + '|' + std::to_string(peer.tcp_port) + '|' +
                     std::to_string(peer.http_port) + '|' + peer.version + '|' +
                     peer.topology_zone + '|' + peer.topology_region;
  return is_silent ? line + " silent since " + std::to_string(microseconds_of(last_seen)) : line;
}

std::string name_line(std::string_view kind, std::string_view topic, std::string_view channel) {
  auto line = std::string{kind} + ' ' + std::string{topic};
  return channel.empty() ? line : line + '/' + std::string{channel};
}

std::string tombstone_line(std::string_view remote, std::string_view topic, time_point set_at) {
  return name_line("tombstone", remote, topic) + '@' + std::to_string(microseconds_of(set_at));
}

template <class Read>
void read_all(Read const& read) {
  registry::producer_position position;
  constexpr std::size_t plenty = 1'000'000;
  auto budget = plenty;
  if (!read(position, budget)) {
    throw std::runtime_error{"a listing does not end"};
  }
}

lines sorted(lines unsorted) {
  std::ranges::sort(unsorted);
  return unsorted;
}

}  // namespace

time_point at(int seconds) {
  return time_point{std::chrono::seconds{seconds}};
}

peer_info peer(std::string remote) {
  return {.remote_address = std::move(remote),
          .hostname = "name",
          .broadcast_address = "host",
          .tcp_port = 4150,
          .http_port = 4151,
          .version = "1.3.0",
          .topology_zone = {},
          .topology_region = {}};
}

lines lines_of(registry::registration_db const& db) {
  lines all;
  read_all([&](auto& position, auto& budget) {
    return db.list_producers(position, budget, [&](listed_producer const& each) {
      all.push_back(producer_line(each.peer, !each.is_active, each.last_update));
    });
  });
  for (registry::registration_name name; db.next_registration(name);) {
    all.push_back(name_line(name.channel.empty() ? "topic" : "channel", name.topic, name.channel));
    read_all([&](auto& position, auto& budget) {
      auto const see = [&](listed_producer const& each) {
        auto const& remote = each.peer.remote_address;
        all.push_back(name_line(remote, name.topic, name.channel));
        if (each.tombstoned_until) {
          all.push_back(tombstone_line(remote, name.topic, *each.tombstoned_at));
        }
      };
      return db.list_registered(name.topic, name.channel, position, budget, see);
    });
  }
  return sorted(std::move(all));
}

lines lines_of(state const& stored) {
  lines all;
  for (auto const& [topic, channels] : stored.topics) {
    all.push_back(name_line("topic", topic, {}));
    for (auto const& channel : channels) {
      all.push_back(name_line("channel", topic, channel));
    }
  }
  for (auto const& producer : stored.producers) {
    auto const& remote = producer.peer.remote_address;
    all.push_back(producer_line(producer.peer, producer.was_silent, producer.last_seen));
    for (auto const& [topic, channel] : producer.registrations) {
      all.push_back(name_line(remote, topic, channel));
    }
    for (auto const& [topic, set_at] : producer.tombstones) {
      all.push_back(tombstone_line(remote, topic, set_at));
    }
  }
  return sorted(std::move(all));
}

lines select(std::string const& path, std::string const& sql) {
  connection opened{path};
  lines selected;
  for (statement rows{opened, "select cast(coalesce(x, 'null') as text) from (" + sql + ')'};
       rows.step();) {
    selected.emplace_back(rows.text(0));
  }
  return selected;
}

batch stored_registry::collect(std::size_t budget, std::function<void()> const& between) {
  batch next;
  for (int slice = 0; !changes.collect(db, budget, next); ++slice) {
    if (slice == most_slices) {
      throw std::runtime_error{"a batch does not end"};
    }
    if (between) {
      between();
    }
  }
  return next;
}

void stored_registry::write_all(file& into, std::size_t budget) {
  for (int number = 0; number < most_slices; ++number) {
    into.write(collect(budget), now);
    if (!changes.has_notes()) {
      return;
    }
  }
  throw std::runtime_error{"batches do not end"};
}

}  // namespace nsqlookupd::store
