// SPDX-License-Identifier: MIT
//
// The changes that each command makes, and which lookups they give a new index.
#include <nsqlookupd/registry/change.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "recorded_changes.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;

class change_test : public testing::Test {
 protected:
  registration_db db;
  recorded_changes told{db};

  // The changes of a command, and the lookups that it moves: each once, and as often as told.
  void expect(std::function<void()> const& command, lines const& changes, lines const& lookups) {
    told.take();
    command();
    auto const all = told.take_all();
    EXPECT_EQ(all.changes, changes);
    EXPECT_EQ(all.lookups, lookups);
  }

  // The changes of a command with their causes and times.
  lines with_causes(std::function<void()> const& command) {
    told.take();
    command();
    return told.take_with_causes();
  }
};

TEST(change_kind, has_its_name) {
  EXPECT_EQ(name_of(change_kind::producer_added), "producer_added");
  EXPECT_EQ(name_of(change_kind::producer_back), "producer_back");
  EXPECT_EQ(name_of(change_kind::tombstone_ended), "tombstone_ended");
  EXPECT_EQ(std::set<std::string_view>(change_kinds.begin(), change_kinds.end()).size(),
            static_cast<std::size_t>(change_kind::tombstone_ended) + 1);
}

TEST_F(change_test, of_a_connection) {
  producer_id id{};
  expect([&] { id = db.add_producer(peer("r1"), at(0)); }, {"producer_added r1"}, {});
  expect([&] { db.ping(id, at(1)); }, {}, {});
  expect([&] { db.remove_producer(id); }, {"producer_removed r1"}, {});
}

TEST_F(change_test, of_register) {
  auto const id = db.add_producer(peer("r1"), at(0));
  expect([&] { db.register_producer(id, "t", "c"); },
         {"topic_added t", "channel_added t/c", "registered t r1", "registered t/c r1"},
         {"t", "t", "t"});
  expect([&] { db.register_producer(id, "t", "c"); }, {}, {});
  expect([&] { db.register_producer(id, "t", ""); }, {}, {});
  expect([&] { db.register_producer(id, "t", "d"); }, {"channel_added t/d", "registered t/d r1"},
         {"t"});
  auto const other = db.add_producer(peer("r2"), at(0));
  expect([&] { db.register_producer(other, "t", "c"); }, {"registered t r2", "registered t/c r2"},
         {"t"});
}

TEST_F(change_test, of_a_refused_register_are_none) {
  registration_db full{{}, {.topics = 1, .channels_per_topic = 1}};
  recorded_changes changes{full};
  full.create_channel("t", "c");
  auto const id = full.add_producer(peer("r1"), at(0));
  changes.take();
  full.register_producer(id, "u", "");
  full.register_producer(id, "t", "d");
  full.create_topic("u");
  full.create_channel("t", "d");
  EXPECT_EQ(changes.take(), lines{});
}

TEST_F(change_test, of_unregister) {
  auto const id = db.add_producer(peer("r1"), at(0));
  for (auto const* const channel : {"c", "d", "e#ephemeral"}) {
    db.register_producer(id, "t", channel);
  }
  expect([&] { db.unregister_channel(id, "t", "c"); }, {"unregistered t/c r1"}, {});
  expect([&] { db.unregister_channel(id, "t", "c"); }, {}, {});
  expect([&] { db.unregister_channel(id, "t", "e#ephemeral"); },
         {"unregistered t/e#ephemeral r1", "channel_removed t/e#ephemeral"}, {"t"});
  expect([&] { db.unregister_topic(id, "t"); }, {"unregistered t/d r1", "unregistered t r1"},
         {"t"});
  expect([&] { db.unregister_topic(id, "t"); }, {}, {});
}

TEST_F(change_test, of_unregister_of_an_ephemeral_topic) {
  auto const id = db.add_producer(peer("r1"), at(0));
  db.register_producer(id, "t#ephemeral", "c");
  expect(
      [&] { db.unregister_topic(id, "t#ephemeral"); },
      {"unregistered t#ephemeral/c r1", "unregistered t#ephemeral r1", "topic_removed t#ephemeral"},
      {"t#ephemeral", "t#ephemeral"});
  expect([&] { reclaim_all(db); }, {}, {});
}

TEST_F(change_test, of_a_producer_that_leaves) {
  auto const id = db.add_producer(peer("r1"), at(0));
  db.register_producer(id, "t", "c");
  db.register_producer(id, "u", "");
  told.take();
  db.remove_producer(id);
  auto [changes, causes, revisions, topics] = told.take_all();
  EXPECT_EQ(changes.front(), "producer_removed r1");
  std::ranges::sort(changes);
  EXPECT_EQ(changes, (lines{"producer_removed r1", "unregistered t r1", "unregistered t/c r1",
                            "unregistered u r1"}));
  std::ranges::sort(topics);
  EXPECT_EQ(topics, (lines{"t", "u"}));
}

TEST_F(change_test, of_the_create_and_delete_routes) {
  expect([&] { db.create_topic("t"); }, {"topic_added t"}, {"t"});
  expect([&] { db.create_topic("t"); }, {}, {});
  expect([&] { db.create_channel("t", "c"); }, {"channel_added t/c"}, {"t"});
  expect([&] { db.create_channel("u", "c"); }, {"topic_added u", "channel_added u/c"}, {"u", "u"});
  expect([&] { db.delete_channel("u", "c"); }, {"channel_removed u/c"}, {"u"});
  expect([&] { db.delete_channel("u", "c"); }, {}, {});
  expect([&] { db.delete_topic("t"); }, {"topic_removed t"}, {"t"});
  expect([&] { db.delete_topic("t"); }, {}, {});
  expect([&] { reclaim_all(db); }, {}, {});
}

// A topic that goes ends the registrations of it, too, and so does a channel.
TEST_F(change_test, of_what_is_deleted_under_its_producers) {
  auto const id = db.add_producer(peer("r1"), at(0));
  db.register_producer(id, "t", "c");
  db.register_producer(id, "t", "d");
  expect([&] { db.delete_channel("t", "c"); }, {"channel_removed t/c"}, {"t"});
  expect([&] { db.delete_topic("t"); }, {"topic_removed t"}, {"t"});
  expect([&] { db.unregister_topic(id, "t"); }, {}, {});
  expect([&] { reclaim_all(db); }, {}, {});
  expect([&] { db.remove_producer(id); }, {"producer_removed r1"}, {});
}

TEST_F(change_test, of_a_tombstone_are_one_for_each_producer) {
  for (auto const* const remote : {"r1", "r2", "r3"}) {
    db.register_producer(db.add_producer(peer(remote), at(0)), "t", "c");
  }
  static_cast<void>(db.add_producer(peer("r4"), at(0)));
  expect([&] { db.tombstone("t", "host:4151", at(1)); },
         {"tombstoned t r1", "tombstoned t r2", "tombstoned t r3"}, {"t", "t", "t"});
  expect([&] { db.tombstone("t", "host:1", at(1)); }, {}, {});
  expect([&] { db.tombstone("u", "host:4151", at(1)); }, {}, {});
}

TEST_F(change_test, have_the_time_and_the_cause) {
  producer_id id{};
  EXPECT_EQ(with_causes([&] { id = db.add_producer(peer("r1"), at(1), "ANNOUNCE"); }),
            lines{"producer_added r1 by ANNOUNCE at 1000000000"});
  db.advance(at(2));
  EXPECT_EQ(with_causes([&] { db.register_producer(id, "t", "", "REGISTER"); }),
            (lines{"topic_added t by REGISTER at 2000000000",
                   "registered t r1 by REGISTER at 2000000000"}));
  EXPECT_EQ(with_causes([&] { db.create_channel("t", "c", "POST /channel/create"); }),
            lines{"channel_added t/c by POST /channel/create at 2000000000"});
  EXPECT_EQ(with_causes([&] { db.delete_channel("t", "c", "POST /channel/delete"); }),
            lines{"channel_removed t/c by POST /channel/delete at 2000000000"});
  EXPECT_EQ(with_causes([&] { db.tombstone("t", "host:4151", at(3), "POST /tombstone"); }),
            lines{"tombstoned t r1 by POST /tombstone at 3000000000"});
  EXPECT_EQ(with_causes([&] { db.unregister_topic(id, "t", 100, "UNREGISTER"); }),
            lines{"unregistered t r1 by UNREGISTER at 3000000000"});
  EXPECT_EQ(with_causes([&] { db.delete_topic("t", "POST /topic/delete"); }),
            lines{"topic_removed t by POST /topic/delete at 3000000000"});
  EXPECT_EQ(with_causes([&] { db.remove_producer(id, "idle"); }),
            lines{"producer_removed r1 by idle at 3000000000"});
}

TEST_F(change_test, of_time_have_the_moment_at_which_they_took_effect) {
  registration_db timed{{.empty_topic_ttl = std::chrono::seconds{20}}};
  recorded_changes changes{timed};
  auto const id = timed.add_producer(peer("r1"), at(0));
  timed.register_producer(id, "t", "");
  timed.create_channel("t", "c");
  timed.tombstone("t", "host:4151", at(1));
  changes.take();
  timed.advance(at(1000));
  EXPECT_EQ(changes.take_with_causes(), (lines{"channel_removed t/c by time at 20000000000",
                                               "tombstone_ended t r1 by time at 46000000000",
                                               "producer_silent r1 by time at 300000000001"}));
  timed.ping(id, at(1001));
  EXPECT_EQ(changes.take_with_causes(), lines{"producer_back r1 by PING at 1001000000000"});
}

TEST_F(change_test, have_revisions_that_grow) {
  auto const id = db.add_producer(peer("r1"), at(0));
  std::uint64_t last = 0;
  auto const expect_grown = [&] {
    for (auto const revision : told.take_all().revisions) {
      EXPECT_GT(revision, last);
      last = revision;
    }
    EXPECT_LE(last, db.revision());
  };
  expect_grown();
  db.register_producer(id, "t", "c");
  db.register_producer(id, "u", "c");
  expect_grown();
  db.advance(at(301));
  expect_grown();
  db.ping(id, at(302));
  expect_grown();
  db.remove_producer(id);
  expect_grown();
}

TEST_F(change_test, are_told_to_every_listener) {
  recorded_changes second{db};
  db.create_topic("t");
  EXPECT_EQ(told.take(), lines{"topic_added t"});
  EXPECT_EQ(second.take(), lines{"topic_added t"});
}

}  // namespace
}  // namespace nsqlookupd::registry
