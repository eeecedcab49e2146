// SPDX-License-Identifier: MIT
//
// Changes are stored, nobody waits for the disk, and a disk that fails is no end.
#include "persistence.hpp"

#include "captured_log.hpp"
#include "eventually.hpp"
#include "failures.hpp"
#include "scratch_directory.hpp"
#include "sqlite.hpp"
#include "stored_registry.hpp"
#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using store::at;
using store::lines_of;
using store::peer;
using test_support::captured_log;
using test_support::eventually;
using test_support::lines;

// Files of this process cannot grow beyond so many bytes. SIGXFSZ is not ignored: it would end the
// process, were it not for the disk's thread.
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

// The parts of a server that keep its state, from one start to the next.
struct storing_server {
  storing_server(store::file stored, config::options const& settings, net::wall_clock now,
                 store_pace pace)
      : stores{io, actor, {std::move(stored), {}}, settings, std::move(now), pace} {
    actor.visit([this](registry::registration_db& own) { db = &own; });
    boost::asio::co_spawn(io, stores.run(), logging_failures("storing"));
  }

  boost::asio::io_context io;
  net::registration_actor actor{io, net::concurrency::one_thread, {}, {}};
  registry::registration_db* db = nullptr;
  persistence stores;
};

class persistence_test : public testing::Test {
 protected:
  static constexpr store_pace only_changes{.alive = 1h, .after_error = 0ms};

  void start(store_pace pace = only_changes, std::chrono::nanoseconds interval = 1ms) {
    start(store::file{directory.path("")}, pace, interval);
  }

  void start(store::file stored, store_pace pace = only_changes,
             std::chrono::nanoseconds interval = 1ms) {
    config::options settings;
    settings.store_interval = interval;
    running.emplace(
        std::move(stored), settings,
        [this] {
          disk_waits = disk_stands.load();
          disk_stands.wait(true);
          return at(now);
        },
        pace);
  }

  registry::registration_db& db() { return *running->db; }
  persistence& stores() { return running->stores; }

  template <class Condition>
  bool runs_until(Condition const& condition) {
    return eventually([&] {
      running->io.poll();
      return condition();
    });
  }

  // As often as a timer ends, or the disk has done something.
  void run_on(int steps) {
    while (steps-- > 0) {
      ASSERT_EQ(running->io.run_one(), 1U);
    }
  }

  void freeze() {
    stores().freeze();
    running->io.poll();
  }

  void stop() {
    freeze();
    stores().finish();
  }

  // The state that a restart finds.
  store::state reopened() {
    running.reset();
    return store::file{directory.path("")}.load(at(0));
  }

  // In the file; none while there is no file.
  lines topics() const {
    try {
      return store::select(database, "select topic as x from topics");
    } catch (std::runtime_error const&) {
      return {};
    }
  }

  void create(std::string_view topic, lines const& then_stored) {
    db().create_topic(topic);
    EXPECT_TRUE(runs_until([&] { return topics() == then_stored; })) << topic;
  }

  // Some hundred kilobytes.
  void register_much() {
    for (int number = 0; number < 2000; ++number) {
      auto const id = db().add_producer(peer("r" + std::to_string(number)), at(1));
      db().register_producer(id, "t", std::string(60, 'c'));
    }
  }

  // The disk takes as long as the test wants; returns when it has begun.
  void stop_the_disk_with(std::string_view topic) {
    disk_stands = true;
    db().create_topic(topic);
    EXPECT_TRUE(runs_until([&] { return disk_waits.load(); }));
  }

  void let_the_disk_go_on() {
    disk_stands = false;
    disk_stands.notify_all();
  }

  std::size_t count_of(std::string_view part) const {
    auto const said = log.lines();
    return static_cast<std::size_t>(std::ranges::count_if(
        said, [&](std::string const& line) { return line.find(part) != std::string::npos; }));
  }

  captured_log const log;
  test_support::scratch_directory directory;
  std::string const database = directory.path("nsqlookupd.db");
  std::atomic<int> now{1000};
  std::atomic<bool> disk_stands{false};
  std::atomic<bool> disk_waits{false};
  std::optional<storing_server> running;
};

TEST_F(persistence_test, stores_what_changes) {
  start();
  db().register_producer(db().add_producer(peer("r1"), at(1)), "t", "c");
  EXPECT_TRUE(runs_until([&] { return topics() == lines{"t"}; }));
  create("u", {"t", "u"});
  EXPECT_EQ(stores().errors(), 0U);
  auto const known = lines_of(db());
  auto const revision = db().revision();
  auto const found = reopened();
  EXPECT_EQ(lines_of(found), known);
  EXPECT_EQ(found.revision, revision);
  EXPECT_EQ(log.lines(), lines{});
}

TEST_F(persistence_test, replaces_what_was_stored_before_a_restart) {
  start();
  db().register_producer(db().add_producer(peer("r1"), at(1)), "t", "c");
  EXPECT_TRUE(runs_until([&] { return topics() == lines{"t"}; }));
  running.reset();
  start();
  EXPECT_EQ(topics(), lines{"t"});
  create("u", {"u"});
  EXPECT_EQ(lines_of(reopened()), lines{"topic u"});
}

TEST_F(persistence_test, stores_at_the_end_what_had_changed_before_it) {
  start(only_changes, 1h);
  register_much();
  auto const known = lines_of(db());
  freeze();
  db().create_topic("late");
  freeze();
  stores().finish();
  stores().finish();
  EXPECT_FALSE(std::filesystem::exists(database + "-wal"));
  EXPECT_EQ(lines_of(reopened()), known);
}

TEST_F(persistence_test, stores_what_the_disk_had_no_time_for_at_the_end) {
  start();
  create("t", {"t"});
  stop_the_disk_with("u");
  db().create_topic("v");
  freeze();
  let_the_disk_go_on();
  stores().finish();
  EXPECT_EQ(lines_of(reopened()), (lines{"topic t", "topic u", "topic v"}));
}

TEST_F(persistence_test, drops_what_does_not_begin_anew_after_an_error) {
  start();
  create("t", {"t"});
  stop_the_disk_with("u");
  db().create_topic("v");
  freeze();
  std::filesystem::remove(database);
  let_the_disk_go_on();
  stores().finish();
  EXPECT_EQ(stores().errors(), 1U);
  EXPECT_EQ(lines_of(reopened()), lines{});
}

TEST_F(persistence_test, stores_that_the_server_is_alive_when_nothing_changes) {
  start({.alive = 1ms, .after_error = 0ms});
  static_cast<void>(db().add_producer(peer("r1"), at(1)));
  create("t", {"t"});
  now = 2000;
  EXPECT_TRUE(runs_until([&] {
    return store::select(database, "select value as x from meta where key = 'alive_at'") ==
           lines{"2000000000"};
  }));
  EXPECT_EQ(reopened().producers.front().last_seen, at(2000));
}

TEST_F(persistence_test, leaves_the_older_state_alone_until_it_has_another) {
  start();
  static_cast<void>(db().add_producer(peer("r1"), at(1)));
  create("t", {"t"});
  auto const known = lines_of(db());
  running.reset();
  now = 2000;
  start({.alive = 1ms, .after_error = 0ms}, 1h);
  run_on(20);
  auto const found = reopened();
  EXPECT_EQ(lines_of(found), known);
  EXPECT_EQ(found.producers.front().last_seen, at(1000));
}

TEST_F(persistence_test, goes_on_when_the_disk_is_full_and_recovers) {
  start();
  create("before", {"before"});
  {
    file_size_limit const limit{100'000};
    register_much();
    EXPECT_TRUE(runs_until([&] { return stores().errors() >= 2; }));
    EXPECT_EQ(topics(), lines{"before"});
    EXPECT_EQ(log.lines(), lines{"ERROR: STORE: cannot write " + database +
                                 " - disk I/O error (SQLite's code 778); the server goes on, and "
                                 "stores everything when it can"});
  }
  EXPECT_TRUE(runs_until([&] { return topics() == (lines{"before", "t"}); }));
  EXPECT_TRUE(runs_until([&] { return stores().is_at_rest(); }));
  create("after", {"after", "before", "t"});
  EXPECT_EQ(count_of("INFO: STORE: " + database + " is written again"), 1U);
  EXPECT_EQ(log.lines().size(), 2U);
  auto const known = lines_of(db());
  EXPECT_EQ(lines_of(reopened()), known);
}

TEST_F(persistence_test, does_not_try_again_at_once) {
  start({.alive = 1ms, .after_error = 1h});
  std::filesystem::remove_all(directory.path(""));
  db().create_topic("t");
  EXPECT_TRUE(runs_until([&] { return stores().errors() == 1; }));
  run_on(50);
  EXPECT_EQ(stores().errors(), 1U);
}

TEST_F(persistence_test, begins_a_file_again_that_vanished) {
  start();
  create("t", {"t"});
  EXPECT_TRUE(runs_until([&] { return stores().is_at_rest(); }));
  std::filesystem::remove(database);
  db().create_topic("u");
  EXPECT_TRUE(runs_until([&] { return count_of("is written again") == 1; }));
  EXPECT_EQ(stores().errors(), 1U);
  EXPECT_EQ(count_of("the file was moved or deleted"), 1U);
  EXPECT_EQ(lines_of(reopened()), (lines{"topic t", "topic u"}));
}

TEST_F(persistence_test, finds_out_that_a_file_vanished_when_nothing_changes) {
  start({.alive = 1ms, .after_error = 0ms});
  create("t", {"t"});
  std::filesystem::remove(database);
  EXPECT_TRUE(runs_until([&] { return count_of("is written again") == 1; }));
  EXPECT_EQ(count_of("the file was moved or deleted"), 1U);
  EXPECT_EQ(lines_of(reopened()), lines{"topic t"});
}

TEST_F(persistence_test, waits_for_nobody_who_looks_at_the_file) {
  start();
  create("t", {"t"});
  store::connection reader{database};
  reader.execute("begin");
  store::statement rows{reader, "select topic from topics"};
  ASSERT_TRUE(rows.step());
  create("u", {"t", "u"});
  EXPECT_EQ(stores().errors(), 0U);
}

TEST_F(persistence_test, makes_nobody_wait_for_the_disk) {
  start();
  create("t", {"t"});
  stop_the_disk_with("u");
  bool is_served = false;
  running->actor.post([&] { is_served = true; });
  running->io.poll();
  EXPECT_TRUE(is_served);
  EXPECT_EQ(topics(), lines{"t"});
  let_the_disk_go_on();
  EXPECT_TRUE(runs_until([&] { return topics() == (lines{"t", "u"}); }));
}

TEST_F(persistence_test, writes_nothing_while_it_rests) {
  start();
  create("t", {"t"});
  stop_the_disk_with("u");
  stores().rest(true);
  EXPECT_FALSE(stores().is_at_rest());
  let_the_disk_go_on();
  EXPECT_TRUE(runs_until([&] { return stores().is_at_rest(); }));
  db().create_topic("v");
  run_on(5);
  EXPECT_TRUE(stores().is_at_rest());
  EXPECT_EQ(topics(), (lines{"t", "u"}));
  stores().rest(false);
  EXPECT_TRUE(runs_until([&] { return topics() == (lines{"t", "u", "v"}); }));
}

TEST_F(persistence_test, what_was_stored_is_read_from_a_disk_that_is_full) {
  start();
  create("t", {"t"});
  running.reset();
  store::file stored{directory.path("")};
  auto* const before = std::signal(SIGXFSZ, SIG_IGN);
  file_size_limit const limit{1000};
  EXPECT_EQ(lines_of(stored.load(at(0))), lines{"topic t"});
  std::signal(SIGXFSZ, before);
}

// A restart cannot do it either: it goes on without what was stored.
TEST_F(persistence_test, a_disk_that_is_full_at_the_start_is_no_end) {
  store::file stored{directory.path("")};
  {
    // Ignored in the program itself; here it is the test's own thread that writes.
    auto* const before = std::signal(SIGXFSZ, SIG_IGN);
    file_size_limit const limit{1000};
    EXPECT_EQ(lines_of(stored.load(at(0))), lines{});
    std::signal(SIGXFSZ, before);
  }
  EXPECT_EQ(count_of("ERROR: STORE: cannot read " + database), 1U);
  start(std::move(stored));
  create("t", {"t"});
  EXPECT_EQ(lines_of(reopened()), lines{"topic t"});
}

}  // namespace
}  // namespace nsqlookupd
