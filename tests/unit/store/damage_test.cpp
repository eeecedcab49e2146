// SPDX-License-Identifier: MIT
//
// Files that cannot be used are moved aside, with one line.
#include <nsqlookupd/store/file.hpp>

#include "captured_log.hpp"
#include "sqlite.hpp"
#include "stored_registry.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace nsqlookupd::store {
namespace {

namespace fs = std::filesystem;
using test_support::captured_log;

class damage_test : public testing::Test {
 protected:
  damage_test() {
    for (int number = 0; number < 100; ++number) {
      auto const id = world.db.add_producer(peer("r" + std::to_string(number)), at(1));
      world.db.register_producer(id, "t", "c" + std::to_string(number));
    }
    file stored{directory()};
    world.write_all(stored);
    stored.close();
  }

  [[nodiscard]] std::string directory() const { return world.directory.path(""); }

  void change(char const* sql) const { connection{world.database()}.execute(sql); }

  // Databases beside the present one.
  lines others() const {
    lines names;
    for (auto const& entry : fs::directory_iterator{directory()}) {
      auto const name = entry.path().filename().string();
      if (name != "nsqlookupd.db" && !name.ends_with("-wal") && !name.ends_with("-shm")) {
        names.push_back(name);
      }
    }
    std::ranges::sort(names);
    return names;
  }

  // Loads nothing, moves the file aside, says so once, and goes on with another.
  void expect_moved(std::string const& kind, std::string_view reason) {
    file stored{directory()};
    EXPECT_EQ(lines_of(stored.load(at(86'400))), lines{});
    EXPECT_EQ(others(), lines{"nsqlookupd.db." + kind + "-19700102T000000Z"});
    auto const said = log.lines();
    ASSERT_EQ(said.size(), 1U);
    EXPECT_TRUE(
        said.front().starts_with("WARNING: STORE: " + world.database() + " is " + kind + " ("))
        << said.front();
    EXPECT_NE(said.front().find(reason), std::string::npos) << said.front();
    world.changes.note_all();
    world.write_all(stored);
    EXPECT_EQ(lines_of(stored.load(at(86'400))), lines_of(world.db));
    EXPECT_EQ(log.lines().size(), 1U);
  }

  captured_log const log;
  stored_registry world;
};

TEST_F(damage_test, none_is_loaded) {
  file stored{directory()};
  EXPECT_EQ(lines_of(stored.load(world.now)), lines_of(world.db));
  EXPECT_EQ(others(), lines{});
}

TEST_F(damage_test, a_file_of_something_else) {
  world.directory.write("nsqlookupd.db", std::string(10'000, 'x'));
  expect_moved("broken", "file is not a database");
}

TEST_F(damage_test, a_short_text) {
  world.directory.write("nsqlookupd.db", "hello\n");
  expect_moved("broken", "file is not a database");
}

TEST_F(damage_test, a_truncated_file) {
  fs::resize_file(world.database(), fs::file_size(world.database()) / 2);
  expect_moved("broken", "malformed");
}

TEST_F(damage_test, a_file_cut_within_a_page) {
  fs::resize_file(world.database(), 5000);
  expect_moved("broken", "malformed");
}

TEST_F(damage_test, an_empty_file_is_a_fresh_one) {
  fs::resize_file(world.database(), 0);
  file stored{directory()};
  EXPECT_EQ(lines_of(stored.load(world.now)), lines{});
  EXPECT_EQ(others(), lines{});
  world.changes.note_all();
  world.write_all(stored);
  EXPECT_EQ(lines_of(stored.load(world.now)), lines_of(world.db));
  EXPECT_EQ(log.lines(), lines{});
}

// Each page in turn is overwritten. Either nothing of it is in use, or the damage is found; what is
// loaded is never half of the state.
TEST_F(damage_test, a_garbled_page) {
  auto const whole = lines_of(world.db);
  constexpr std::size_t page = 4096;
  std::string const garbage(page, '\x5a');
  auto const original = world.directory.path("original");
  fs::copy_file(world.database(), original);
  std::size_t found = 0;
  auto const pages = fs::file_size(original) / page;
  for (std::size_t number = 0; number < pages; ++number) {
    fs::copy_file(original, world.database(), fs::copy_options::overwrite_existing);
    {
      std::fstream garbled{world.database(), std::ios::in | std::ios::out | std::ios::binary};
      garbled.seekp(static_cast<std::streamoff>(number * page));
      garbled << garbage;
    }
    file stored{directory()};
    auto const loaded = lines_of(stored.load(at(86'400)));
    EXPECT_TRUE(loaded.empty() || loaded == whole) << "page " << number;
    found += loaded.empty() ? 1U : 0U;
    stored.close();
  }
  EXPECT_GT(found, pages / 2);
}

TEST_F(damage_test, a_newer_schema) {
  change("pragma user_version = 2");
  expect_moved("newer", "its schema has version 2");
  EXPECT_EQ(select(world.directory.path("nsqlookupd.db.newer-19700102T000000Z"),
                   "select count(*) as x from producers"),
            lines{"100"});
}

TEST_F(damage_test, tables_of_another_program) {
  fs::remove(world.database());
  change("create table notes(text)");
  expect_moved("broken", "its tables are not those of nsqlookupd");
}

TEST_F(damage_test, a_table_that_is_gone) {
  change("drop table producers");
  expect_moved("broken", "no such table: producers");
}

TEST_F(damage_test, values_that_are_none) {
  for (auto const* const sql : {
           "update producers set registrations = '{\"t\":[' where id = 50",
           "update producers set registrations = '[]' where id = 50",
           "update producers set registrations = '{\"t\":{}}' where id = 50",
           "update producers set registrations = '{\"t\":[1]}' where id = 50",
           "update producers set registrations = '{\"t\":[\"a b\"]}' where id = 50",
           "update producers set registrations = '{\"\":[]}' where id = 50",
           "update producers set tombstones = '{\"t\":\"x\"}' where id = 50",
           "update producers set tombstones = '{\"t\":1e300}' where id = 50",
           "update producers set tombstones = '{\"t\":9000000000000000000}' where id = 50",
           "update producers set last_seen = 9000000000000000000 where id = 50",
           "update producers set broadcast_address = '' where id = 50",
           "update topics set channels = '{}'",
           "update topics set topic = 'no name'",
           "update meta set value = -9000000000000000000 where key = 'alive_at'",
       }) {
    SCOPED_TRACE(sql);
    auto const lines_before = log.lines().size();
    change(sql);
    file stored{directory()};
    EXPECT_EQ(lines_of(stored.load(at(86'400))), lines{});
    EXPECT_EQ(log.lines().size(), lines_before + 1);
    world.changes.note_all();
    world.write_all(stored);
    EXPECT_EQ(lines_of(stored.load(at(86'400))), lines_of(world.db));
    stored.close();
  }
}

TEST_F(damage_test, that_is_found_while_it_is_written) {
  file stored{directory()};
  static_cast<void>(stored.load(world.now));
  change("drop table topics; drop table producers");
  world.db.create_topic("u");
  EXPECT_THROW(stored.write(world.collect(), at(86'400)), std::runtime_error);
  world.changes.note_all();
  world.write_all(stored);
  EXPECT_EQ(lines_of(stored.load(world.now)), lines_of(world.db));
}

// As a server leaves it that was killed.
TEST_F(damage_test, takes_the_write_ahead_log_along) {
  file killed{directory()};
  static_cast<void>(killed.load(world.now));
  change("pragma user_version = 2");
  test_support::scratch_directory const later;
  for (auto const* const name : {"nsqlookupd.db", "nsqlookupd.db-wal"}) {
    fs::copy_file(world.directory.path(name), later.path(name));
  }
  file stored{later.path("")};
  EXPECT_EQ(lines_of(stored.load(at(86'400))), lines{});
  auto const aside = later.path("nsqlookupd.db.newer-19700102T000000Z");
  EXPECT_TRUE(fs::exists(aside + "-wal"));
  EXPECT_EQ(select(aside, "select user_version as x from pragma_user_version"), lines{"2"});
}

}  // namespace
}  // namespace nsqlookupd::store
