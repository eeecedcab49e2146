// SPDX-License-Identifier: MIT
//
// For readers that follow producers one by one: their ids, and what is registered under each.
#include <nsqlookupd/registry/change.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "registry_lines.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace nsqlookupd::registry {
namespace {

using test_support::lines;

// Notes of which producers it hears, and how.
class id_listener final : public change_listener {
 public:
  explicit id_listener(registration_db& db) { db.follow(*this); }

  void on_change(change const& made) override {
    if (made.producer != nullptr) {
      told.push_back(made.id);
    }
  }
  void on_registrations_lost(std::span<producer_id const> producers) override {
    lost.insert(lost.end(), producers.begin(), producers.end());
    std::ranges::sort(lost);
  }

  std::vector<producer_id> told;
  std::vector<producer_id> lost;
};

using ids = std::vector<producer_id>;

class producer_read_test : public testing::Test {
 protected:
  // `remote seconds`, with a `!` when it is silent; empty when there is no such producer.
  std::string read(producer_id id) {
    std::string line;
    bool const is_known = db.read_producer(id, [&](listed_producer const& producer) {
      auto const seconds =
          std::chrono::duration_cast<std::chrono::seconds>(producer.last_update.time_since_epoch());
      line = producer.peer.remote_address + ' ' + std::to_string(seconds.count()) +
             (producer.is_active ? "" : "!");
      EXPECT_EQ(producer.id, id);
    });
    EXPECT_EQ(is_known, !line.empty());
    return line;
  }

  // In pages of so many. `topic/channel`, and `topic@5` with a tombstone set at 5 seconds.
  lines registrations(producer_id id, std::size_t page = 1000) {
    lines listed;
    registration_position at;
    constexpr int most_pages = 1000;
    for (int number = 0; number < most_pages; ++number) {
      auto const before = listed.size();
      auto budget = page;
      bool const is_end = db.registrations_of(id, at, budget, [&](listed_registration const& one) {
        auto line = std::string{one.topic};
        if (!one.channel.empty()) {
          line += '/' + std::string{one.channel};
        }
        if (one.tombstoned_at) {
          line += '@' + std::to_string(one.tombstoned_at->time_since_epoch().count());
        }
        listed.push_back(line);
      });
      EXPECT_LE(listed.size() - before, page);
      if (is_end) {
        return listed;
      }
    }
    ADD_FAILURE() << "it does not end";
    return listed;
  }

  registration_db db;
  id_listener heard{db};
  producer_id const first = db.add_producer(peer("r1"), at(1));
  producer_id const second = db.add_producer(peer("r2", "other"), at(2));
};

TEST_F(producer_read_test, finds_a_producer_by_its_id) {
  EXPECT_EQ(read(first), "r1 1");
  EXPECT_EQ(read(second), "r2 2");
  db.advance(at(302));
  EXPECT_EQ(read(first), "r1 1!");
  db.ping(first, at(303));
  EXPECT_EQ(read(first), "r1 303");
}

TEST_F(producer_read_test, tells_whether_it_is_restored) {
  db.advance(at(10));
  auto const back = db.restore_producer(peer("r3"), at(5));
  auto const is_restored = [&](producer_id id) {
    bool found = false;
    EXPECT_TRUE(db.read_producer(
        id, [&](listed_producer const& producer) { found = producer.known_by == origin::store; }));
    return found;
  };
  EXPECT_TRUE(is_restored(back));
  EXPECT_FALSE(is_restored(first));
  EXPECT_EQ(db.add_producer(peer("r3"), at(11)), back);
  EXPECT_FALSE(is_restored(back));
}

TEST_F(producer_read_test, finds_none_by_any_other_number) {
  EXPECT_EQ(read(producer_id{2}), "");
  EXPECT_EQ(read(producer_id{0xffffffff}), "");
  db.remove_producer(first);
  EXPECT_EQ(read(first), "");
  EXPECT_EQ(read(second), "r2 2");
  EXPECT_EQ(db.add_producer(peer("r3"), at(3)), first);
  EXPECT_EQ(read(first), "r3 3");
}

TEST_F(producer_read_test, finds_none_whose_connection_ended_though_it_is_not_reclaimed) {
  for (int number = 0; number < 100; ++number) {
    db.register_producer(first, "t" + std::to_string(number), "");
  }
  db.remove_producer(first);
  ASSERT_TRUE(db.has_backlog());
  EXPECT_EQ(read(first), "");
}

TEST_F(producer_read_test, lists_each_topic_and_its_channels_behind_it) {
  EXPECT_EQ(registrations(first), lines{});
  db.register_producer(first, "a", "x");
  db.register_producer(first, "b", "");
  db.register_producer(first, "a", "y");
  db.register_producer(first, "c", "x");
  db.register_producer(second, "a", "z");
  for (std::size_t page = 1; page < 9; ++page) {
    auto listed = registrations(first, page);
    ASSERT_EQ(listed.size(), 6U);
    EXPECT_EQ(listed[0], "a");
    std::sort(listed.begin() + 1, listed.begin() + 3);
    EXPECT_EQ(listed, (lines{"a", "a/x", "a/y", "b", "c", "c/x"}));
  }
}

TEST_F(producer_read_test, lists_many_registrations) {
  lines expected;
  for (int topic = 0; topic < 20; ++topic) {
    expected.push_back("t" + std::to_string(topic));
    for (int channel = 0; channel < 20; ++channel) {
      expected.push_back(expected[static_cast<std::size_t>(topic) * 21] + "/c" +
                         std::to_string(channel));
      db.register_producer(first, "t" + std::to_string(topic), "c" + std::to_string(channel));
    }
  }
  std::ranges::sort(expected);
  auto listed = registrations(first, 7);
  std::ranges::sort(listed);
  EXPECT_EQ(listed, expected);
}

TEST_F(producer_read_test, lists_nothing_of_a_topic_that_is_deleted) {
  db.register_producer(first, "a", "x");
  db.register_producer(first, "b", "x");
  db.register_producer(first, "b", "y");
  db.delete_channel("b", "y");
  db.delete_topic("a");
  EXPECT_EQ(registrations(first), (lines{"b", "b/x"}));
  db.register_producer(first, "a", "");
  EXPECT_EQ(registrations(first), (lines{"b", "b/x", "a"}));
}

TEST_F(producer_read_test, lists_tombstones_as_long_as_they_hide) {
  db.register_producer(first, "a", "x");
  db.register_producer(first, "b", "");
  db.tombstone("a", "host:4151", at(5));
  EXPECT_EQ(registrations(first), (lines{"a@5000000000", "a/x", "b"}));
  db.advance(at(50));
  EXPECT_EQ(registrations(first), (lines{"a", "a/x", "b"}));
}

TEST_F(producer_read_test, changes_have_the_id) {
  EXPECT_EQ(heard.told, (ids{first, second}));
  heard.told.clear();
  db.register_producer(second, "t", "c");
  db.unregister_channel(second, "t", "c");
  db.create_topic("u");
  db.advance(at(302));
  db.remove_producer(first);
  EXPECT_EQ(heard.told, (ids{second, second, second, first, first}));
}

TEST_F(producer_read_test, registrations_lost_are_told_once_a_topic_or_channel_goes) {
  db.register_producer(first, "t", "c");
  db.register_producer(second, "t", "c");
  db.register_producer(second, "t", "d");
  db.delete_channel("t", "d");
  EXPECT_EQ(heard.lost, (ids{second}));
  heard.lost.clear();
  db.delete_topic("t");
  EXPECT_EQ(heard.lost, (ids{first, second}));
  reclaim_all(db);
  EXPECT_EQ(heard.lost, (ids{first, first, first, second, second, second}))
      << "each of them has lost the topic and a channel again";
  heard.lost.clear();
  db.create_topic("u");
  db.delete_topic("u");
  db.register_producer(first, "v#ephemeral", "");
  db.unregister_topic(first, "v#ephemeral");
  EXPECT_EQ(heard.lost, ids{});
}

}  // namespace
}  // namespace nsqlookupd::registry
