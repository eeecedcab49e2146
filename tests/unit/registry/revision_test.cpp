// SPDX-License-Identifier: MIT
//
// Which changes move the revisions at which answers last changed, and which leave them alone.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>

namespace nsqlookupd::registry {
namespace {

class revision_test : public testing::Test {
 protected:
  registration_db db;
  producer_id a = db.add_producer(peer("r1", "a"), at(0));
  producer_id b = db.add_producer(peer("r2", "b"), at(0));

  revision_test() {
    db.register_producer(a, "t", "c");
    db.create_topic("empty");
    db.create_topic("u");
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

  // Which of all revisions moved, as one letter each: topics, nodes, the entries of a and b in the
  // nodes, the lookups of t and u. None may move but to a revision that is new, or go with its
  // topic.
  std::string moved_by(std::function<void()> const& change) {
    auto const all = [this] {
      return std::map<char, std::uint64_t>{{'T', db.topics_changed()},
                                           {'N', db.nodes_changed()},
                                           {'a', changed(a)},
                                           {'b', changed(b)},
                                           {'t', db.lookup_changed("t").value_or(0)},
                                           {'u', db.lookup_changed("u").value_or(0)}};
    };
    auto const revision = db.revision();
    auto const before = all();
    change();
    std::string moved;
    for (auto const& [letter, now] : all()) {
      if (now != before.at(letter)) {
        moved += letter;
        EXPECT_TRUE(now > revision || now == 0) << letter;
        EXPECT_LE(now, db.revision()) << letter;
      }
    }
    EXPECT_EQ(moved.empty(), db.revision() == revision);
    return moved;
  }
};

TEST_F(revision_test, nothing_moves_when_nothing_changes) {
  EXPECT_EQ(moved_by([&] { db.register_producer(a, "t", "c"); }), "");
  EXPECT_EQ(moved_by([&] { db.create_channel("t", "c"); }), "");
  EXPECT_EQ(moved_by([&] { db.unregister_topic(b, "t"); }), "");
  EXPECT_EQ(moved_by([&] { db.unregister_channel(b, "t", "c"); }), "");
  EXPECT_EQ(moved_by([&] { db.delete_topic("unknown"); }), "");
  EXPECT_EQ(moved_by([&] { db.delete_channel("t", "unknown"); }), "");
  EXPECT_EQ(moved_by([&] { db.tombstone("t", "b:4151", at(1)); }), "");
  EXPECT_EQ(moved_by([&] { db.ping(a, at(300)); }), "");
}

TEST_F(revision_test, topics) {
  EXPECT_EQ(moved_by([&] { db.create_topic("new"); }), "T");
  EXPECT_EQ(moved_by([&] { db.delete_topic("new"); }), "T");
  EXPECT_EQ(moved_by([&] { db.create_topic("e#ephemeral"); }), "T");
  EXPECT_EQ(moved_by([&] { db.unregister_topic(a, "e#ephemeral"); }), "T");
}

TEST_F(revision_test, channels_are_in_the_lookups_of_their_topic) {
  EXPECT_EQ(moved_by([&] { db.create_channel("u", "d"); }), "u");
  EXPECT_EQ(moved_by([&] { db.delete_channel("u", "d"); }), "u");
  EXPECT_EQ(moved_by([&] { db.register_producer(a, "t", "d#ephemeral"); }), "t");
  EXPECT_EQ(moved_by([&] { db.unregister_channel(a, "t", "d#ephemeral"); }), "t");
  EXPECT_EQ(moved_by([&] { db.unregister_channel(a, "t", "c"); }), "");
}

TEST_F(revision_test, producers_are_in_the_nodes_and_the_lookups_of_their_topics) {
  producer_id c{};
  EXPECT_EQ(moved_by([&] { c = db.add_producer(peer("r3", "c"), at(0)); }), "N");
  EXPECT_EQ(moved_by([&] { db.register_producer(b, "u", ""); }), "Nbu");
  EXPECT_EQ(moved_by([&] { db.tombstone("u", "b:4151", at(1)); }), "Nbu");
  EXPECT_EQ(moved_by([&] { db.unregister_topic(b, "u"); }), "Nbu");
  EXPECT_EQ(moved_by([&] { db.remove_producer(c); }), "Ntu");
}

TEST_F(revision_test, a_producer_that_leaves_moves_all_lookups_at_once) {
  auto const c = db.add_producer(peer("r3", "c"), at(0));
  db.register_producer(c, "t", "d");
  EXPECT_EQ(moved_by([&] { db.remove_producer(c); }), "Ntu");
  EXPECT_EQ(moved_by([&] { reclaim_all(db); }), "");
}

TEST_F(revision_test, a_silent_producer_that_is_heard_moves_all_lookups) {
  EXPECT_EQ(moved_by([&] { db.ping(a, at(301)); }), "Ntu");
}

TEST_F(revision_test, a_topic_that_is_deleted_under_its_producers_moves_every_node) {
  EXPECT_EQ(moved_by([&] { db.delete_topic("empty"); }), "T");
  EXPECT_EQ(moved_by([&] { db.delete_topic("t"); }), "NTabt");
  EXPECT_EQ(moved_by([&] { reclaim_all(db); }), "");
  EXPECT_EQ(moved_by([&] { db.create_topic("t"); }), "Tt");
}

}  // namespace
}  // namespace nsqlookupd::registry
