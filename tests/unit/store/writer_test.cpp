// SPDX-License-Identifier: MIT
//
// The thread that writes: what is submitted is stored, and a disk that fails is no end.
#include <nsqlookupd/store/writer.hpp>

#include "captured_log.hpp"
#include "eventually.hpp"
#include "sqlite.hpp"
#include "stored_registry.hpp"
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::store {
namespace {

using namespace std::chrono_literals;
using test_support::captured_log;
using test_support::eventually;

// Files of this process cannot grow beyond so many bytes. SIGXFSZ is not ignored: it would end the
// process, were it not for the writer.
class file_size_limit {
 public:
  explicit file_size_limit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit const limited{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limited);
  }
  file_size_limit(file_size_limit const&) = delete;
  file_size_limit& operator=(file_size_limit const&) = delete;
  ~file_size_limit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

class writer_test : public testing::Test {
 protected:
  void start(pace how_often = {.alive = 1h, .after_error = 0ms}) {
    running.emplace(file{world.directory.path("")}, [this] { return at(now); }, how_often);
  }

  // As the owner of both does it, once; false when nothing is noted.
  bool pass_on() {
    EXPECT_TRUE(eventually([&] { return running->is_ready(); }));
    if (running->take_request_for_all()) {
      world.changes.note_all();
    }
    if (!world.changes.has_notes()) {
      return false;
    }
    auto next = world.collect();
    running->submit(next);
    EXPECT_EQ(next.size(), 0U);
    EXPECT_FALSE(next.begins_anew);
    return true;
  }

  void pass_on_all() {
    constexpr int most_batches = 10'000;
    for (int number = 0; number < most_batches && pass_on(); ++number) {
    }
  }

  // The state that a restart finds.
  state reopened() {
    running.reset();
    return file{world.directory.path("")}.load(at(0));
  }

  std::size_t count_of(std::string_view part) const {
    auto const said = log.lines();
    return static_cast<std::size_t>(std::ranges::count_if(
        said, [&](std::string const& line) { return line.find(part) != std::string::npos; }));
  }

  // Some hundred kilobytes.
  void register_much() {
    for (int number = 0; number < 2000; ++number) {
      auto const id = db.add_producer(peer("r" + std::to_string(number)), at(1));
      db.register_producer(id, "t", std::string(60, 'c'));
    }
  }

  captured_log const log;
  stored_registry world;
  registry::registration_db& db = world.db;
  std::atomic<int> now{1000};
  std::optional<writer> running;
};

TEST_F(writer_test, stores_what_is_submitted) {
  start();
  EXPECT_TRUE(running->is_ready());
  db.register_producer(db.add_producer(peer("r1"), at(1)), "t", "c");
  pass_on_all();
  db.create_topic("u");
  pass_on_all();
  EXPECT_EQ(running->errors(), 0U);
  auto const found = reopened();
  EXPECT_EQ(lines_of(found), lines_of(db));
  EXPECT_EQ(found.revision, db.revision());
  EXPECT_EQ(log.lines(), lines{});
}

TEST_F(writer_test, asks_for_everything_at_first_and_drops_the_rest_until_it_comes) {
  start();
  db.create_topic("t");
  auto next = world.collect();
  ASSERT_FALSE(next.begins_anew);
  running->submit(next);
  EXPECT_TRUE(eventually([&] { return running->is_ready(); }));
  EXPECT_TRUE(running->take_request_for_all());
  EXPECT_FALSE(running->take_request_for_all());
  EXPECT_EQ(lines_of(reopened()), lines{});
}

TEST_F(writer_test, replaces_what_was_stored_before_a_restart) {
  start();
  db.register_producer(db.add_producer(peer("r1"), at(1)), "t", "c");
  pass_on_all();
  running.reset();
  stored_registry later;
  later.db.create_topic("u");
  file stored{world.directory.path("")};
  EXPECT_EQ(lines_of(stored.load(at(0))), lines_of(db));
  running.emplace(std::move(stored), [] { return at(0); });
  ASSERT_TRUE(running->take_request_for_all());
  later.changes.note_all();
  auto next = later.collect();
  running->submit(next);
  EXPECT_EQ(lines_of(reopened()), lines{"topic u"});
}

TEST_F(writer_test, stop_writes_what_was_submitted) {
  start();
  register_much();
  world.changes.note_all();
  auto next = world.collect(1'000'000);
  ASSERT_TRUE(next.is_complete);
  running->submit(next);
  running->stop();
  running->stop();
  EXPECT_FALSE(std::filesystem::exists(world.database() + "-wal"));
  EXPECT_EQ(lines_of(reopened()), lines_of(db));
}

TEST_F(writer_test, stores_that_the_server_is_alive_when_nothing_changes) {
  start({.alive = 1ms, .after_error = 0ms});
  static_cast<void>(db.add_producer(peer("r1"), at(1)));
  pass_on_all();
  now = 2000;
  EXPECT_TRUE(eventually([&] {
    return select(world.database(), "select value as x from meta where key = 'alive_at'") ==
           lines{"2000000000"};
  }));
  EXPECT_EQ(reopened().producers.front().last_seen, at(2000));
}

TEST_F(writer_test, leaves_the_older_state_alone_until_it_has_another) {
  start();
  db.create_topic("t");
  pass_on_all();
  running.reset();
  start({.alive = 1ms, .after_error = 0ms});
  running.reset();
  EXPECT_EQ(lines_of(reopened()), lines{"topic t"});
}

TEST_F(writer_test, goes_on_when_the_disk_is_full_and_recovers) {
  start();
  db.create_topic("before");
  pass_on_all();
  {
    file_size_limit const limit{100'000};
    register_much();
    EXPECT_TRUE(pass_on());
    EXPECT_TRUE(eventually([&] { return running->errors() == 1; }));
    EXPECT_TRUE(pass_on());
    EXPECT_TRUE(eventually([&] { return running->errors() == 2; }));
    EXPECT_TRUE(eventually([&] { return running->is_ready(); }));
    EXPECT_EQ(select(world.database(), "select topic as x from topics"), lines{"before"});
    EXPECT_EQ(log.lines(),
              lines{"ERROR: STORE: cannot write " + world.database() +
                    " - disk I/O error (SQLite's code 778); the server goes on, and stores "
                    "everything when it can"});
  }
  pass_on_all();
  EXPECT_TRUE(eventually([&] { return running->is_ready(); }));
  EXPECT_EQ(count_of("INFO: STORE: " + world.database() + " is written again"), 1U);
  EXPECT_EQ(log.lines().size(), 2U);
  EXPECT_EQ(running->errors(), 2U);
  EXPECT_EQ(lines_of(reopened()), lines_of(db));
}

TEST_F(writer_test, does_not_try_again_at_once) {
  start({.alive = 1h, .after_error = 1h});
  std::filesystem::remove_all(world.directory.path(""));
  db.create_topic("t");
  EXPECT_TRUE(pass_on());
  EXPECT_TRUE(eventually([&] { return running->errors() == 1; }));
  EXPECT_FALSE(running->is_ready());
  EXPECT_TRUE(running->take_request_for_all());
}

TEST_F(writer_test, begins_a_file_again_that_vanished) {
  start();
  db.create_topic("t");
  pass_on_all();
  EXPECT_TRUE(eventually([&] { return running->is_ready(); }));
  std::filesystem::remove(world.database());
  db.create_topic("u");
  pass_on_all();
  EXPECT_TRUE(eventually([&] { return running->errors() == 1; }));
  EXPECT_EQ(count_of("the file was moved or deleted"), 1U);
  pass_on_all();
  EXPECT_EQ(lines_of(reopened()), (lines{"topic t", "topic u"}));
}

TEST_F(writer_test, waits_for_nobody_who_looks_at_the_file) {
  start();
  db.create_topic("t");
  pass_on_all();
  EXPECT_TRUE(eventually([&] { return running->is_ready(); }));
  connection reader{world.database()};
  reader.execute("begin");
  statement rows{reader, "select topic from topics"};
  ASSERT_TRUE(rows.step());
  db.create_topic("u");
  pass_on_all();
  EXPECT_TRUE(eventually([&] { return running->is_ready(); }));
  EXPECT_EQ(running->errors(), 0U);
  EXPECT_EQ(select(world.database(), "select topic as x from topics"), (lines{"t", "u"}));
}

TEST_F(writer_test, what_was_stored_is_read_from_a_disk_that_is_full) {
  db.create_topic("t");
  start();
  pass_on_all();
  running.reset();
  file stored{world.directory.path("")};
  auto* const before = std::signal(SIGXFSZ, SIG_IGN);
  file_size_limit const limit{1000};
  EXPECT_EQ(lines_of(stored.load(at(0))), lines{"topic t"});
  std::signal(SIGXFSZ, before);
}

// A restart cannot do it either: it goes on without what was stored.
TEST_F(writer_test, a_disk_that_is_full_at_the_start_is_no_end) {
  file stored{world.directory.path("")};
  {
    // Ignored in the program itself; here it is the test's own thread that writes.
    auto* const before = std::signal(SIGXFSZ, SIG_IGN);
    file_size_limit const limit{1000};
    EXPECT_EQ(lines_of(stored.load(at(0))), lines{});
    std::signal(SIGXFSZ, before);
  }
  EXPECT_EQ(count_of("ERROR: STORE: cannot read " + world.database()), 1U);
  db.create_topic("t");
  running.emplace(std::move(stored), [] { return at(0); });
  pass_on_all();
  EXPECT_EQ(lines_of(reopened()), lines{"topic t"});
}

}  // namespace
}  // namespace nsqlookupd::store
