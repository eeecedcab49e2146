// SPDX-License-Identifier: MIT
//
// Several members, and an etcd that is a map: random commands at all of them, told in any order of
// members, must leave all with the same registry.
#include <nsqlookupd/cluster/known_keys.hpp>
#include <nsqlookupd/cluster/shared_registry.hpp>
#include <nsqlookupd/registry/names.hpp>

#include "registry_listings.hpp"
#include "simulated_members.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace nsqlookupd::cluster {
namespace {

using namespace std::chrono_literals;
using namespace test_support;
using registry::producer_id;
using registry::time_point;

struct connection {
  std::size_t member;
  producer_id id;
  std::string host;
};

class world {
 public:
  explicit world(std::uint64_t seed)
      : random_{seed}, deletes_{seed % 2 == 0}, creates_ephemeral_{seed % 4 < 2} {
    for (std::size_t number = 0; number < 3; ++number) {
      members_.push_back(std::make_unique<member>(etcd_, "m" + std::to_string(number), ++lease_));
      leases_.push_back(lease_);
    }
  }

  void step() {
    auto const which = next(members_.size());
    auto& chosen = *members_[which];
    switch (next(14)) {
      case 0:
      case 1:
        connect(which);
        break;
      case 2:
      case 3:
      case 4:
        register_one();
        break;
      case 5:
        unregister_one();
        break;
      case 6:
        leave();
        break;
      case 7:
        create_at(chosen);
        break;
      case 8:
        if (!deletes_) {
          break;
        }
        if (next(3) == 0) {
          chosen.db.delete_topic(topic(), "POST /topic/delete");
        } else {
          chosen.db.delete_channel(topic(), channel(), "POST /channel/delete");
        }
        break;
      case 9:
        if (next(20) == 0) {
          lose_lease(which);
        } else if (next(4) == 0) {
          chosen.compare();
        } else if (next(10) == 0) {
          chosen.read();
        }
        break;
      case 10:
      case 11:
        static_cast<void>(chosen.hear());
        break;
      default:
        static_cast<void>(chosen.tell());
    }
    chosen.settle();
  }

  void come_to_rest() {
    // Whatever was taken over is registered again, or ends.
    time_ += 2s;
    for (auto const& each : members_) {
      static_cast<void>(each->db.advance(time_));
      each->settle();
    }
    exchange();
    for (auto const& each : members_) {
      each->compare();
    }
    exchange();
  }

  // The registry of a member, as others must have it.
  [[nodiscard]] lines seen_by(std::size_t member) const {
    auto& db = members_[member]->db;
    lines result;
    for (auto const& name : list_topics(db)) {
      std::string line = name + ':';
      for (auto const& channel : list_channels(db, name)) {
        line += ' ' + channel;
      }
      result.push_back(line);
      std::vector<std::string> hosts;
      registry::producer_position at;
      std::size_t budget = 1'000'000;
      static_cast<void>(
          db.list_registered(name, {}, at, budget, [&](registry::listed_producer const& one) {
            hosts.push_back(name + " at " + one.peer.broadcast_address);
          }));
      result.insert(result.end(), hosts.begin(), hosts.end());
    }
    registry::producer_position at;
    std::size_t budget = 1'000'000;
    static_cast<void>(db.list_producers(at, budget, [&](registry::listed_producer const& one) {
      result.push_back("node " + one.peer.broadcast_address);
    }));
    return result;
  }

  // A name that vanishes with its last producer is there as long as it has one.
  void expect_no_ghosts() const {
    for (auto const& name : list_topics(members_.front()->db)) {
      expect_producers(name, {});
      for (auto const& channel : list_channels(members_.front()->db, name)) {
        expect_producers(name, channel);
      }
    }
  }

  // Every producer that is connected is known at its member.
  void expect_own() const {
    for (auto const& one : connections_) {
      EXPECT_TRUE(members_[one.member]->db.read_producer(
          one.id, [](registry::listed_producer const& found) {
            EXPECT_EQ(found.known_by, registry::origin::connection);
          }));
    }
  }

 private:
  void exchange() {
    for (bool is_busy = true; is_busy;) {
      is_busy = false;
      for (auto const& each : members_) {
        while (each->hear()) {
          is_busy = true;
        }
        is_busy = each->tell() || is_busy;
      }
    }
  }

  void create_at(member& chosen) {
    auto const in_topic = topic();
    auto const made = channel();
    if (creates_ephemeral_ || !(registry::is_ephemeral(in_topic) || registry::is_ephemeral(made))) {
      chosen.db.create_channel(in_topic, made, "POST /channel/create");
    }
  }

  void expect_producers(std::string const& in_topic, std::string const& at_channel) const {
    auto const& name = at_channel.empty() ? in_topic : at_channel;
    if (registry::is_ephemeral(name) && !creates_ephemeral_) {
      EXPECT_TRUE(members_.front()->db.is_registered(in_topic, at_channel))
          << in_topic << ' ' << at_channel;
    }
  }

  std::size_t next(std::size_t count) { return random_() % count; }
  std::string topic() {
    auto const number = next(4);
    return "t" + std::to_string(number) + (number == 3 ? "#ephemeral" : "");
  }
  std::string channel() {
    auto const number = next(3);
    return "c" + std::to_string(number) + (number == 2 ? "#ephemeral" : "");
  }

  void connect(std::size_t which) {
    auto const host = "h" + std::to_string(next(5));
    for (auto const& one : connections_) {
      if (one.host == host && (deletes_ || one.member == which)) {
        return;
      }
    }
    registry::peer_info peer{.remote_address = "r" + std::to_string(++remote_),
                             .hostname = host,
                             .broadcast_address = host,
                             .tcp_port = 4150,
                             .http_port = 4151,
                             .version = "1",
                             .topology_zone = {},
                             .topology_region = {}};
    auto& db = members_[which]->db;
    auto const id = db.add_producer(std::move(peer), time_);
    connections_.push_back({which, id, host});
    for (auto const& [topic, channel] : registrations_[host]) {
      db.register_producer(id, topic, channel);
    }
  }

  // An nsqd says the same at each of its connections.
  void register_one() {
    if (connections_.empty()) {
      return;
    }
    auto const host = connections_[next(connections_.size())].host;
    name_pair const name{topic(), next(2) == 0 ? "" : channel()};
    registrations_[host].insert(name);
    for (auto const& one : connections_) {
      if (one.host == host) {
        members_[one.member]->db.register_producer(one.id, name.first, name.second);
      }
    }
  }

  void unregister_one() {
    if (connections_.empty()) {
      return;
    }
    auto const host = connections_[next(connections_.size())].host;
    auto const gone = topic();
    std::erase_if(registrations_[host], [&](auto const& name) { return name.first == gone; });
    for (auto const& one : connections_) {
      if (one.host == host) {
        members_[one.member]->db.unregister_topic(one.id, gone);
      }
    }
  }

  void leave() {
    if (!connections_.empty()) {
      auto const at = next(connections_.size());
      auto const one = connections_[at];
      connections_.erase(connections_.begin() + static_cast<std::ptrdiff_t>(at));
      members_[one.member]->db.remove_producer(one.id);
      members_[one.member]->settle();
      bool const is_gone = std::ranges::none_of(
          connections_, [&](auto const& other) { return other.host == one.host; });
      if (is_gone) {
        registrations_.erase(one.host);
      }
    }
  }

  void lose_lease(std::size_t which) {
    etcd_.expire(leases_[which]);
    leases_[which] = ++lease_;
    members_[which]->live(lease_);
  }

  std::mt19937_64 random_;
  // Names are deleted; or else hosts have connections at several members, too. Where a deletion and
  // a registration come at once, one such connection may be before it and another behind.
  bool deletes_;
  // Names that vanish with their last producer are made without any, too.
  bool creates_ephemeral_;
  map_of_keys etcd_;
  std::vector<std::unique_ptr<member>> members_;
  std::vector<std::int64_t> leases_;
  std::int64_t lease_ = 100;
  int remote_ = 0;
  std::vector<connection> connections_;
  time_point time_ = now;
  /// By host: as long as it has a connection.
  std::map<std::string, std::set<name_pair>> registrations_;
};

class shared_model_test : public testing::TestWithParam<std::uint64_t> {};

TEST_P(shared_model_test, all_members_come_to_the_same) {
  for (std::uint64_t number = 0; number < 20; ++number) {
    auto const seed = GetParam() * 20 + number;
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    world all{seed};
    for (int round = 0; round < 10; ++round) {
      for (int step = 0; step < 60; ++step) {
        all.step();
      }
      all.come_to_rest();
      auto const first = all.seen_by(0);
      ASSERT_EQ(all.seen_by(1), first) << "round " << round;
      ASSERT_EQ(all.seen_by(2), first) << "round " << round;
      all.expect_own();
      all.expect_no_ghosts();
      ASSERT_FALSE(HasFailure()) << "round " << round;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, shared_model_test, testing::Range<std::uint64_t>(0, 20));

}  // namespace
}  // namespace nsqlookupd::cluster
