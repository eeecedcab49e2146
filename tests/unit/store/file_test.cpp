// SPDX-License-Identifier: MIT
//
// Rows that are written into the file come back as they were, and can be looked at.
#include <nsqlookupd/store/file.hpp>

#include "captured_log.hpp"
#include "stored_registry.hpp"
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::store {
namespace {

using namespace std::literals;
using registry::producer_id;
using test_support::captured_log;

class file_test : public testing::Test {
 protected:
  // The state that a restart finds.
  state reopened() {
    stored.reset();
    stored.emplace(world.directory.path(""));
    return stored->load(world.now);
  }

  captured_log const log;
  stored_registry world;
  registry::registration_db& db = world.db;
  std::optional<file> stored{world.directory.path("")};
};

TEST_F(file_test, is_empty_at_first) {
  auto const nothing = stored->load(world.now);
  EXPECT_EQ(nothing.revision, 0U);
  EXPECT_EQ(lines_of(nothing), lines{});
  EXPECT_EQ(log.lines(), lines{});
}

TEST_F(file_test, everything_comes_back) {
  auto const first = db.add_producer(peer("r1"), at(1));
  db.register_producer(first, "t", "c");
  db.register_producer(first, "t", "d#ephemeral");
  db.register_producer(first, "u", "");
  auto const second = db.add_producer(peer("r2"), at(2));
  db.register_producer(second, "t", "c");
  static_cast<void>(db.add_producer(peer("r3"), at(3)));
  db.create_channel("empty", "c");
  db.tombstone("t", "host:4151", at(4));
  db.ping(second, at(200));
  db.advance(at(302));
  db.tombstone("u", "host:4151", at(303));
  world.write_all(*stored);
  auto const found = reopened();
  EXPECT_EQ(lines_of(found), lines_of(db));
  EXPECT_EQ(lines_of(found).size(), 16U);
  EXPECT_EQ(found.revision, db.revision());
  EXPECT_EQ(found.alive_at, world.now);
  EXPECT_EQ(log.lines(), lines{});
}

TEST_F(file_test, texts_come_back_whatever_they_are) {
  auto odd = peer("127.0.0.1:1");
  odd.hostname = "a\0b\n\"'\\"s;
  odd.broadcast_address = "\xc3\xa9\xf0\x9f\x98\x80 \x7f;drop table producers"s;
  odd.version = std::string(100'000, 'v');
  odd.topology_zone = "\xff\xfe no UTF-8 \xc0\x80"s;
  odd.topology_region = "%s?1";
  odd.tcp_port = std::numeric_limits<std::int64_t>::min();
  odd.http_port = std::numeric_limits<std::int64_t>::max();
  auto const id = db.add_producer(odd, at(1));
  auto const longest = std::string(54, 'x') + "#ephemeral";
  for (auto const& name : {"."s, "-"s, "_"s, "select"s, "0"s, longest}) {
    db.register_producer(id, name, name);
  }
  world.write_all(*stored);
  EXPECT_EQ(lines_of(reopened()), lines_of(db));
}

TEST_F(file_test, a_producer_that_was_not_silent_counts_as_seen_when_the_server_was_alive) {
  auto const silent = db.add_producer(peer("r1"), at(1));
  static_cast<void>(db.add_producer(peer("r2"), at(2)));
  db.ping(producer_id{1}, at(300));
  db.advance(at(302));
  static_cast<void>(silent);
  world.write_all(*stored);
  stored->touch(at(1005));
  auto const found = reopened();
  ASSERT_EQ(found.producers.size(), 2U);
  EXPECT_EQ(found.producers[0].peer.remote_address, "r1");
  EXPECT_TRUE(found.producers[0].was_silent);
  EXPECT_EQ(found.producers[0].last_seen, at(1));
  EXPECT_EQ(found.producers[1].last_seen, at(1005));
  EXPECT_EQ(found.alive_at, at(1005));
}

TEST_F(file_test, producers_come_in_the_order_in_which_they_were_seen) {
  for (int const second : {5, 6, 7}) {
    static_cast<void>(db.add_producer(peer("r" + std::to_string(second)), at(second)));
  }
  db.ping(producer_id{0}, at(100));
  db.advance(at(1000));
  world.write_all(*stored);
  auto const found = reopened();
  lines order;
  for (auto const& each : found.producers) {
    order.push_back(each.peer.remote_address);
  }
  EXPECT_EQ(order, (lines{"r6", "r7", "r5"}));
}

TEST_F(file_test, a_state_that_is_moved_keeps_its_names) {
  db.register_producer(db.add_producer(peer("r1"), at(1)), "a_name_that_is_allocated", "c");
  world.write_all(*stored);
  auto const expected = lines_of(db);
  auto found = reopened();
  auto const moved = std::move(found);
  EXPECT_EQ(lines_of(moved), expected);
}

TEST_F(file_test, rows_that_changed_replace_those_before_and_rows_that_went_are_gone) {
  auto const first = db.add_producer(peer("r1"), at(1));
  auto const second = db.add_producer(peer("r2"), at(1));
  db.register_producer(first, "t", "c");
  db.register_producer(second, "u", "c");
  world.write_all(*stored);
  db.unregister_topic(first, "t");
  db.register_producer(first, "v", "");
  db.remove_producer(second);
  db.delete_topic("u");
  world.write_all(*stored);
  EXPECT_EQ(lines_of(reopened()), lines_of(db));
}

TEST_F(file_test, keeps_its_older_state_until_a_batch_is_complete) {
  auto const id = db.add_producer(peer("r1"), at(1));
  db.register_producer(id, "t", "c");
  world.write_all(*stored);
  auto const before = lines_of(db);
  world.changes.note_all();
  db.register_producer(id, "u", "c");
  auto part = world.collect();
  ASSERT_TRUE(part.begins_anew);
  part.is_complete = false;
  stored->write(part, at(1001));
  stored->touch(at(1002));
  EXPECT_EQ(select(world.database(), "select topic as x from topics"), lines{"t"});
  EXPECT_EQ(select(world.database(), "select value as x from meta where key = 'alive_at'"),
            lines{"1000000000"});
  // As after a kill: nobody has ended the transaction.
  EXPECT_EQ(lines_of(reopened()), before);
}

TEST_F(file_test, a_batch_that_begins_anew_leaves_nothing_of_before) {
  db.create_topic("t");
  static_cast<void>(db.add_producer(peer("r1"), at(1)));
  world.write_all(*stored);
  stored_registry another;
  another.db.create_topic("u");
  another.changes.note_all();
  stored->write(another.collect(), world.now);
  EXPECT_EQ(lines_of(reopened()), lines{"topic u"});
}

TEST_F(file_test, can_be_looked_at_meanwhile) {
  auto const id = db.add_producer(peer("r1"), at(1));
  db.register_producer(id, "t", "c");
  db.register_producer(id, "t", "d");
  db.register_producer(id, "u", "");
  world.write_all(*stored);
  auto const path = world.database();
  EXPECT_EQ(select(path,
                   "select broadcast_address||' '||topic||' '||coalesce(channel, '-') as x"
                   " from registrations order by x"),
            (lines{"host t c", "host t d", "host u -"}));
  EXPECT_EQ(select(path, "select topic||' '||channel as x from channels order by x"),
            (lines{"t c", "t d"}));
  EXPECT_EQ(select(path, "select user_version as x from pragma_user_version"), lines{"1"});
  EXPECT_EQ(select(path, "select journal_mode as x from pragma_journal_mode"), lines{"wal"});
}

TEST_F(file_test, is_one_file_once_it_is_closed) {
  db.create_topic("t");
  world.write_all(*stored);
  EXPECT_TRUE(std::filesystem::exists(world.database() + "-wal"));
  stored->close();
  EXPECT_FALSE(std::filesystem::exists(world.database() + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(world.database() + "-shm"));
}

TEST_F(file_test, a_transaction_that_is_not_complete_is_given_up_by_close) {
  db.create_topic("t");
  world.write_all(*stored);
  db.create_topic("u");
  auto part = world.collect();
  part.is_complete = false;
  stored->write(part, world.now);
  stored->close();
  EXPECT_EQ(lines_of(reopened()), lines{"topic t"});
}

TEST_F(file_test, that_vanished_is_an_error_and_then_begun_again) {
  db.create_topic("t");
  world.write_all(*stored);
  std::filesystem::remove(world.database());
  EXPECT_THROW(stored->touch(world.now), std::runtime_error);
  world.changes.note_all();
  world.write_all(*stored);
  EXPECT_EQ(lines_of(reopened()), lines{"topic t"});
}

}  // namespace
}  // namespace nsqlookupd::store
