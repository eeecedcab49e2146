// SPDX-License-Identifier: MIT
//
// Producers with more registrations than are visited at once: the indexes of their topics move at
// once all the same, and the work comes in slices.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "recorded_changes.hpp"
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;

// So many topics have an index of their own at once, unless the producer leaves.
constexpr std::size_t at_once = 512;
constexpr std::size_t topic_count = 2000;

class many_registrations_test : public testing::Test {
 protected:
  registration_db db;
  producer_id const id = db.add_producer(peer("r1"), at(0));
  recorded_changes told{db};

  many_registrations_test() {
    db.create_topic("other");
    for (std::size_t number = 0; number < topic_count; ++number) {
      db.register_producer(id, name(number), "");
    }
    told.take();
  }

  static std::string name(std::size_t number) { return "t" + std::to_string(number); }

  std::set<std::uint64_t> indexes() {
    std::set<std::uint64_t> all;
    for (std::size_t number = 0; number < topic_count; ++number) {
      all.insert(db.lookup_changed(name(number)));
    }
    return all;
  }

  // The command moves all its topics at once; what is left to do comes in slices, after which each
  // topic has an index of its own.
  void expect_moved_at_once(std::function<void()> const& command,
                            std::size_t stamped_at_once = at_once) {
    auto const other = db.lookup_changed("other");
    auto const before = db.revision();
    command();
    EXPECT_GT(*indexes().begin(), before);
    EXPECT_LE(*indexes().rbegin(), db.revision());
    EXPECT_GE(db.unnamed_changed(), *indexes().rbegin());
    EXPECT_EQ(told.take_all().lookups.size(), stamped_at_once);
    std::size_t left = topic_count - stamped_at_once;
    constexpr std::size_t slice = 100;
    while (db.reclaim(slice)) {
      auto const stamped = told.take_all().lookups.size();
      EXPECT_LE(stamped, slice);
      ASSERT_GT(stamped, 0U);
      ASSERT_GE(left, stamped);
      left -= stamped;
      EXPECT_GT(*indexes().begin(), before);
    }
    EXPECT_EQ(told.take_all().lookups.size(), left);
    EXPECT_EQ(indexes().size(), topic_count);
    EXPECT_EQ(db.lookup_changed("other"), other);
    EXPECT_FALSE(db.has_backlog());
  }
};

TEST_F(many_registrations_test, of_a_producer_that_falls_silent) {
  expect_moved_at_once([&] { db.advance(at(301)); });
}

TEST_F(many_registrations_test, of_a_producer_that_comes_back) {
  db.advance(at(301));
  reclaim_all(db);
  told.take();
  expect_moved_at_once([&] { db.ping(id, at(302)); });
}

TEST_F(many_registrations_test,
       of_a_producer_that_comes_back_before_all_have_heard_of_its_silence) {
  db.advance(at(301));
  told.take();
  expect_moved_at_once([&] { db.ping(id, at(302)); });
}

TEST_F(many_registrations_test, of_a_producer_that_leaves) {
  expect_moved_at_once([&] { db.remove_producer(id); }, 0);
}

TEST_F(many_registrations_test, of_a_silent_producer_that_leaves_before_all_have_heard_of_it) {
  db.advance(at(301));
  told.take();
  expect_moved_at_once([&] { db.remove_producer(id); }, 0);
}

TEST_F(many_registrations_test, may_change_while_they_are_visited) {
  auto const before = db.revision();
  db.advance(at(301));
  auto const silent = db.revision();
  // Each takes a registration out, and the last one comes in its place.
  for (std::size_t number = 0; number < topic_count; number += 7) {
    db.unregister_topic(id, name(number));
    db.reclaim(3);
  }
  db.register_producer(id, "new", "");
  reclaim_all(db);
  EXPECT_GT(silent, before);
  for (std::size_t number = 0; number < topic_count; ++number) {
    EXPECT_GT(db.lookup_changed(name(number)), before) << number;
  }
  EXPECT_EQ(indexes().size(), topic_count);
}

}  // namespace
}  // namespace nsqlookupd::registry
