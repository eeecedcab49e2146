// SPDX-License-Identifier: MIT
//
// Which commands move which indexes, the revisions at which answers last changed, and which they
// leave alone.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "registry_lines.hpp"
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace nsqlookupd::registry {
namespace {

using test_support::lines;

class revision_test : public testing::Test {
 protected:
  static constexpr std::uint64_t first = 100;

  registration_db db{{.empty_topic_ttl = std::chrono::seconds{1000}}, {}, {.last_revision = first}};
  producer_id a = db.add_producer(peer("r1", "a"), at(0));
  producer_id b = db.add_producer(peer("r2", "b"), at(0));

  // Producer a is on t and its channel c, and on v. The topics u and w have no producer.
  revision_test() {
    db.register_producer(a, "t", "c");
    db.register_producer(a, "v", "");
    db.create_topic("w");
    db.create_topic("u");
    db.create_topic("gone");
    db.delete_topic("gone");
    reclaim_all(db);
  }

  // The revision at which a producer's entry in `/nodes` last changed.
  std::uint64_t changed(producer_id wanted) {
    std::uint64_t found = 0;
    std::size_t budget = 1000;
    producer_position at;
    EXPECT_TRUE(db.list_producers(at, budget, [&](listed_producer const& producer) {
      found = producer.id == wanted ? producer.changed : found;
    }));
    return found;
  }

  std::map<std::string, std::uint64_t> indexes() {
    std::map<std::string, std::uint64_t> all{{"topics", db.topics_changed()},
                                             {"empty", db.empty_topics_changed()},
                                             {"nodes", db.nodes_changed()},
                                             {"node-a", changed(a)},
                                             {"node-b", changed(b)},
                                             {"lookup-*", db.all_lookups_changed()},
                                             {"channels-*", db.all_channels_changed()}};
    for (std::string const topic : {"t", "u", "v", "gone", "unknown"}) {
      all["lookup-" + topic] = db.lookup_changed(topic);
      all["channels-" + topic] = db.channels_changed(topic);
    }
    return all;
  }

  // The indexes that a change moved. None may move but to a new revision.
  std::set<std::string> moved_by(std::function<void()> const& change) {
    auto const revision = db.revision();
    auto const before = indexes();
    change();
    std::set<std::string> moved;
    for (auto const& [name, now] : indexes()) {
      // Nobody is asked about that is gone.
      if (now != before.at(name) && now != 0) {
        moved.insert(name);
        EXPECT_GT(now, revision) << name;
        EXPECT_LE(now, db.revision()) << name;
      }
    }
    EXPECT_EQ(moved.empty(), db.revision() == revision);
    return moved;
  }
};

using names = std::set<std::string>;

names operator+(names left, names const& right) {
  left.insert(right.begin(), right.end());
  return left;
}

names const of_a_topic{"topics", "empty", "lookup-*", "channels-*"};
names const of_all_lookups{"lookup-*"};
names const of_all_channels{"lookup-*", "channels-*"};
names const of_nodes{"nodes", "lookup-*"};

TEST_F(revision_test, nothing_moves_when_nothing_changes) {
  std::vector<std::function<void()>> const commands{
      [&] { db.register_producer(a, "t", "c"); },
      [&] { db.create_topic("t"); },
      [&] { db.create_channel("t", "c"); },
      [&] { db.unregister_topic(b, "t"); },
      [&] { db.unregister_channel(b, "t", "c"); },
      [&] { db.unregister_topic(b, "unknown"); },
      [&] { db.delete_topic("unknown"); },
      [&] { db.delete_topic("gone"); },
      [&] { db.delete_channel("t", "unknown"); },
      [&] { db.tombstone("t", "b:4151", at(1)); },
      [&] { db.tombstone("unknown", "a:4151", at(1)); },
      [&] { db.ping(a, at(300)); },
      [&] { db.ping(b, at(300)); },
      [&] { db.advance(at(600)); },
      [&] { db.reclaim(1000); }};
  for (std::size_t each = 0; each < commands.size(); ++each) {
    EXPECT_EQ(moved_by(commands[each]), names{}) << each;
  }
}

TEST_F(revision_test, topics_that_come) {
  EXPECT_EQ(moved_by([&] { db.create_topic("new"); }), of_a_topic);
  EXPECT_EQ(moved_by([&] { db.create_topic("unknown"); }),
            of_a_topic + names({"lookup-unknown", "channels-unknown"}));
  EXPECT_EQ(moved_by([&] { db.create_topic("gone"); }),
            of_a_topic + names({"lookup-gone", "channels-gone"}));
  EXPECT_EQ(moved_by([&] { db.create_topic("e#ephemeral"); }), of_a_topic);
}

TEST_F(revision_test, topics_that_go) {
  EXPECT_EQ(moved_by([&] { db.delete_topic("w"); }), of_a_topic);
  EXPECT_EQ(moved_by([&] { db.delete_topic("u"); }),
            of_a_topic + names({"lookup-u", "channels-u"}));
  EXPECT_EQ(moved_by([&] { reclaim_all(db); }), names{});
  db.create_topic("e#ephemeral");
  EXPECT_EQ(moved_by([&] { db.unregister_topic(b, "e#ephemeral"); }), of_a_topic);
}

TEST_F(revision_test, a_topic_that_is_deleted_under_its_producers_moves_every_node) {
  EXPECT_EQ(moved_by([&] { db.delete_topic("t"); }),
            of_a_topic + of_nodes + names({"node-a", "node-b", "lookup-t", "channels-t"}));
  EXPECT_EQ(moved_by([&] { reclaim_all(db); }), names{});
  EXPECT_EQ(moved_by([&] { db.create_topic("t"); }),
            of_a_topic + names({"lookup-t", "channels-t"}));
}

TEST_F(revision_test, channels_are_in_the_lookups_of_their_topic) {
  names const of_channels_of_u = of_all_channels + names({"lookup-u", "channels-u"});
  EXPECT_EQ(moved_by([&] { db.create_channel("u", "d"); }), of_channels_of_u);
  EXPECT_EQ(moved_by([&] { db.delete_channel("u", "d"); }), of_channels_of_u);
  names const of_channels_of_t = of_all_channels + names({"lookup-t", "channels-t"});
  EXPECT_EQ(moved_by([&] { db.register_producer(a, "t", "d#ephemeral"); }), of_channels_of_t);
  EXPECT_EQ(moved_by([&] { db.unregister_channel(a, "t", "d#ephemeral"); }), of_channels_of_t);
}

TEST_F(revision_test, the_producers_of_a_channel_are_in_no_answer) {
  auto const revision = db.revision();
  auto const before = indexes();
  db.unregister_channel(a, "t", "c");
  EXPECT_EQ(db.revision(), revision + 1);
  EXPECT_EQ(indexes(), before);
}

TEST_F(revision_test, producers_are_in_the_nodes_and_the_lookups_of_their_topics) {
  EXPECT_EQ(moved_by([&] { static_cast<void>(db.add_producer(peer("r3", "c"), at(0))); }),
            of_nodes);
  names const of_b = of_nodes + names({"node-b"});
  EXPECT_EQ(moved_by([&] { db.register_producer(b, "t", ""); }), of_b + names({"lookup-t"}));
  EXPECT_EQ(moved_by([&] { db.tombstone("t", "b:4151", at(1)); }), of_b + names({"lookup-t"}));
  EXPECT_EQ(moved_by([&] { db.tombstone("t", "b:4151", at(2)); }), of_b + names({"lookup-t"}));
  EXPECT_EQ(moved_by([&] { db.advance(at(47)); }), of_b + names({"lookup-t"}));
  EXPECT_EQ(moved_by([&] { db.unregister_topic(b, "t"); }), of_b + names({"lookup-t"}));
}

TEST_F(revision_test, the_first_and_the_last_producer_of_a_topic_move_the_empty_topics) {
  names const of_b_in_u = of_nodes + names({"node-b", "lookup-u", "empty"});
  EXPECT_EQ(moved_by([&] { db.register_producer(b, "u", ""); }), of_b_in_u);
  EXPECT_EQ(moved_by([&] { db.register_producer(a, "u", ""); }),
            of_nodes + names({"node-a", "lookup-u"}));
  EXPECT_EQ(moved_by([&] { db.unregister_topic(a, "u"); }),
            of_nodes + names({"node-a", "lookup-u"}));
  EXPECT_EQ(moved_by([&] { db.unregister_topic(b, "u"); }), of_b_in_u);
}

TEST_F(revision_test, a_producer_that_leaves_moves_the_lookups_of_its_topics_alone) {
  db.register_producer(b, "u", "");
  db.register_producer(b, "t", "c");
  EXPECT_EQ(moved_by([&] { db.remove_producer(b); }),
            of_nodes + names({"lookup-t", "lookup-u", "empty"}));
  EXPECT_EQ(moved_by([&] { reclaim_all(db); }), names{});
  auto const c = db.add_producer(peer("r3", "c"), at(0));
  EXPECT_EQ(moved_by([&] { db.remove_producer(c); }), of_nodes);
}

TEST_F(revision_test, a_producer_that_falls_silent_or_comes_back_moves_the_lookups_of_its_topics) {
  db.ping(b, at(200));
  names const of_a = of_nodes + names({"node-a", "lookup-t", "lookup-v"});
  EXPECT_EQ(moved_by([&] { db.advance(at(300)); }), names{});
  EXPECT_EQ(moved_by([&] { db.advance(at(301)); }), of_a);
  EXPECT_EQ(moved_by([&] { db.ping(a, at(302)); }), of_a);
  EXPECT_EQ(moved_by([&] { db.ping(a, at(303)); }), names{});
}

TEST_F(revision_test, a_topic_that_was_empty_for_too_long_moves_what_a_deleted_one_moves) {
  db.ping(a, at(999));
  db.ping(b, at(999));
  db.create_channel("t", "late");
  db.delete_topic("w");
  EXPECT_EQ(moved_by([&] { db.advance(at(1000)); }),
            of_a_topic + names({"lookup-u", "channels-u"}));
  db.advance(at(1001));
  EXPECT_EQ(db.lookup_changed("u"), db.topics_changed());
}

TEST_F(revision_test, every_topic_of_a_silent_producer_has_an_index_of_its_own) {
  for (int number = 0; number < 100; ++number) {
    db.register_producer(a, "many" + std::to_string(number), "c");
  }
  for (auto const& change : std::vector<std::function<void()>>{[&] { db.advance(at(301)); },
                                                               [&] { db.ping(a, at(302)); },
                                                               [&] { db.remove_producer(a); }}) {
    auto const before = db.revision();
    change();
    reclaim_all(db);
    std::set<std::uint64_t> indexes{db.lookup_changed("t"), db.lookup_changed("v")};
    for (int number = 0; number < 100; ++number) {
      indexes.insert(db.lookup_changed("many" + std::to_string(number)));
    }
    EXPECT_EQ(indexes.size(), 102U);
    EXPECT_GT(*indexes.begin(), before);
    EXPECT_LE(*indexes.rbegin(), db.revision());
  }
}

TEST_F(revision_test, everything_begins_at_the_last_revision_of_before) {
  registration_db fresh{{}, {}, {.last_revision = first}};
  for (auto const index :
       {fresh.revision(), fresh.topics_changed(), fresh.empty_topics_changed(),
        fresh.nodes_changed(), fresh.all_lookups_changed(), fresh.all_channels_changed(),
        fresh.lookup_changed("t"), fresh.channels_changed("t"), fresh.changes().forgotten()}) {
    EXPECT_EQ(index, first);
  }
  fresh.create_topic("t");
  EXPECT_EQ(fresh.revision(), first + 1);
  EXPECT_EQ(fresh.lookup_changed("t"), first + 1);
}

TEST_F(revision_test, removed_topics_are_told_apart_until_there_are_very_many) {
  constexpr int remembered = 4096;
  std::vector<std::uint64_t> removed;
  for (int number = 0; number < remembered; ++number) {
    auto const name = "x" + std::to_string(number);
    db.create_topic(name);
    db.delete_topic(name);
    removed.push_back(db.revision());
    reclaim_all(db);
  }
  // The topic `gone` was the first, and is as good as unknown now.
  EXPECT_EQ(db.lookup_changed("gone"), db.lookup_changed("unknown"));
  EXPECT_GT(db.lookup_changed("unknown"), first);
  EXPECT_LT(db.lookup_changed("unknown"), removed.front());
  for (int number = 0; number < remembered; ++number) {
    EXPECT_EQ(db.lookup_changed("x" + std::to_string(number)),
              removed[static_cast<std::size_t>(number)]);
  }
  lines since;
  db.list_removed(removed[remembered - 3],
                  [&](std::string_view name) { since.emplace_back(name); });
  EXPECT_EQ(since, (lines{"x4094", "x4095"}));

  // One more: the next one becomes unknown, and no index of one that is not goes back.
  db.delete_topic("u");
  EXPECT_EQ(db.lookup_changed("x0"), removed[0]);
  EXPECT_EQ(db.lookup_changed("unknown"), removed[0]);
  EXPECT_EQ(db.lookup_changed("x1"), removed[1]);
}

TEST_F(revision_test, a_removed_topic_that_came_back_is_no_removed_one) {
  db.create_topic("gone");
  db.delete_topic("u");
  lines since;
  db.list_removed(0, [&](std::string_view name) { since.emplace_back(name); });
  EXPECT_EQ(since, lines{"u"});
}

}  // namespace
}  // namespace nsqlookupd::registry
