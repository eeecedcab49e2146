// SPDX-License-Identifier: MIT
//
// Batches as they are collected, without a file.
#include <nsqlookupd/rows/recorder.hpp>

#include "stored_registry.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::store {
namespace {

using registry::producer_id;

std::string_view part(batch const& rows, std::size_t begin, std::size_t size) {
  return std::string_view{rows.text}.substr(begin, size);
}

// The rows in their order: `t=["c"]`, `r1={"t":[]}{}` with remote address, registrations and
// tombstones, `-t` and `-0` for a topic and an id that are gone.
lines rows_of(batch const& rows) {
  lines shown;
  for (auto const& row : rows.topics) {
    auto const name = std::string{part(rows, row.begin, row.name_size)};
    shown.push_back(
        row.channels_size == 0
            ? '-' + name
            : name + '=' + std::string{part(rows, row.begin + row.name_size, row.channels_size)});
  }
  for (auto const& row : rows.producers) {
    if (row.is_gone) {
      shown.push_back('-' + std::to_string(static_cast<std::uint32_t>(row.id)));
      continue;
    }
    auto begin = row.begin;
    for (std::size_t index = 0; index < 6; ++index) {
      begin += row.sizes[index];
    }
    shown.push_back(std::string{part(rows, row.begin, row.sizes[0])} + '=' +
                    std::string{part(rows, begin, row.sizes[6] + row.sizes[7])});
  }
  return shown;
}

class recorder_test : public testing::Test {
 protected:
  producer_id identify(std::string const& remote) {
    return stored.db.add_producer(peer(remote), at(1));
  }
  lines next(std::size_t budget = 1000) { return rows_of(stored.collect(budget)); }

  stored_registry stored;
  registry::registration_db& db = stored.db;
};

TEST_F(recorder_test, writes_what_is_true_at_present) {
  auto const id = identify("r1");
  db.register_producer(id, "t", "c");
  db.register_producer(id, "u", "");
  db.create_channel("t", "d");
  db.tombstone("u", "host:4151", at(2));
  auto rows = next();
  std::ranges::sort(rows);
  EXPECT_EQ(rows, (lines{R"(r1={"t":["c"],"u":[]}{"u":2000000})", R"(t=["c","d"])", "u=[]"}));
}

TEST_F(recorder_test, writes_nothing_twice) {
  auto const id = identify("r1");
  db.register_producer(id, "t", "c");
  EXPECT_TRUE(stored.changes.has_notes());
  EXPECT_EQ(next().size(), 2U);
  EXPECT_FALSE(stored.changes.has_notes());
  EXPECT_EQ(next(), lines{});
  db.ping(id, at(2));
  db.register_producer(id, "t", "c");
  EXPECT_FALSE(stored.changes.has_notes());
}

TEST_F(recorder_test, a_producer_that_changes_often_is_one_row) {
  auto const id = identify("r1");
  for (int turn = 0; turn < 100; ++turn) {
    db.register_producer(id, "t", "c");
    db.unregister_channel(id, "t", "c");
  }
  EXPECT_EQ(next(), (lines{R"(t=["c"])", R"(r1={"t":[]}{})"}));
}

TEST_F(recorder_test, a_producer_that_comes_and_goes_costs_nothing) {
  db.remove_producer(identify("r1"));
  EXPECT_EQ(next(), lines{});
  auto const id = identify("r2");
  EXPECT_EQ(next(), (lines{"r2={}{}"}));
  db.remove_producer(id);
  EXPECT_EQ(next(), (lines{"-0"}));
  EXPECT_EQ(next(), lines{});
}

TEST_F(recorder_test, an_id_that_is_given_out_again_is_the_new_producer) {
  db.register_producer(identify("r1"), "t", "c");
  EXPECT_EQ(next().size(), 2U);
  db.remove_producer(producer_id{0});
  ASSERT_EQ(identify("r2"), producer_id{0});
  EXPECT_EQ(next(), (lines{"r2={}{}"}));
}

TEST_F(recorder_test, what_goes_is_deleted) {
  db.create_channel("t", "c");
  db.create_channel("t", "d");
  EXPECT_EQ(next(), (lines{R"(t=["c","d"])"}));
  db.delete_channel("t", "c");
  EXPECT_EQ(next(), (lines{R"(t=["d"])"}));
  db.delete_topic("t");
  EXPECT_EQ(next(), (lines{"-t"}));
  db.create_topic("t");
  db.delete_topic("t");
  db.create_topic("t");
  EXPECT_EQ(next(), (lines{"t=[]"}));
}

TEST_F(recorder_test,
       what_is_deleted_under_a_producer_is_not_its_own_again_with_the_next_of_its_name) {
  auto const id = identify("r1");
  db.register_producer(id, "t", "c");
  db.register_producer(id, "u", "c");
  EXPECT_EQ(next().size(), 3U);
  db.delete_topic("t");
  db.create_channel("t", "c");
  db.delete_channel("u", "c");
  db.create_channel("u", "c");
  auto rows = next();
  EXPECT_EQ(rows.back(), R"(r1={"u":[]}{})");
  EXPECT_EQ(rows.size(), 3U);
}

TEST_F(recorder_test, silence_and_the_end_of_a_tombstone_are_changes) {
  auto const id = identify("r1");
  db.register_producer(id, "t", "");
  db.tombstone("t", "host:4151", at(1));
  EXPECT_FALSE(stored.collect().producers.front().is_silent);
  db.advance(at(50));
  EXPECT_EQ(next(), (lines{R"(r1={"t":[]}{})"}));
  db.advance(at(400));
  auto const silent = stored.collect();
  EXPECT_TRUE(silent.producers.front().is_silent);
  EXPECT_EQ(silent.producers.front().last_seen, at(1));
}

TEST_F(recorder_test, a_restored_producer_is_silent_until_a_connection_takes_it_over) {
  db.advance(at(10));
  static_cast<void>(db.restore_producer(peer("r1"), at(5)));
  db.expect_back_until(at(60));
  auto const restored = stored.collect();
  EXPECT_TRUE(restored.producers.front().is_silent);
  EXPECT_EQ(restored.producers.front().last_seen, at(5));
  static_cast<void>(db.add_producer(peer("r2"), at(20)));
  auto const adopted = stored.collect();
  ASSERT_EQ(adopted.producers.size(), 1U);
  EXPECT_FALSE(adopted.producers.front().is_silent);
  EXPECT_EQ(adopted.producers.front().last_seen, at(20));
}

TEST_F(recorder_test, slices_of_any_size_make_the_same_batch) {
  for (int number = 0; number < 3; ++number) {
    auto const id = identify("r" + std::to_string(number));
    for (int topic = 0; topic < 10; ++topic) {
      db.register_producer(id, "t" + std::to_string(topic % (number + 2)),
                           "c" + std::to_string(topic));
    }
  }
  auto const whole = next();
  EXPECT_EQ(whole.size(), 7U);
  for (std::size_t budget = 1; budget < 40; ++budget) {
    stored.changes.note_all();
    auto rows = next(budget);
    auto expected = whole;
    std::ranges::sort(rows);
    std::ranges::sort(expected);
    EXPECT_EQ(rows, expected) << budget;
  }
}

TEST_F(recorder_test, a_slice_visits_no_more_than_its_budget) {
  auto const id = identify("r1");
  for (int number = 0; number < 1000; ++number) {
    db.register_producer(id, "t", "c" + std::to_string(number));
  }
  int slices = 1;
  auto const rows = stored.collect(100, [&] { ++slices; });
  // The channels once with their topic, and twice in search of the producer's topics.
  EXPECT_GE(slices, 30);
  EXPECT_LE(slices, 32);
}

TEST_F(recorder_test, a_producer_that_changes_between_its_pages_is_left_to_the_next_batch) {
  auto const id = identify("r1");
  for (int number = 0; number < 10; ++number) {
    db.register_producer(id, "t" + std::to_string(number), "");
  }
  EXPECT_EQ(next().size(), 11U);
  db.unregister_topic(id, "t0");
  bool once = true;
  auto const torn = stored.collect(4, [&] {
    if (std::exchange(once, false)) {
      db.unregister_topic(id, "t1");
    }
  });
  EXPECT_EQ(rows_of(torn), lines{});
  EXPECT_TRUE(torn.text.empty());
  EXPECT_TRUE(torn.is_complete);
  auto const rows = next();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.front().find("t0"), std::string::npos);
  EXPECT_EQ(rows.front().find("t1"), std::string::npos);
}

TEST_F(recorder_test, so_is_one_under_which_a_topic_is_deleted_between_its_pages) {
  auto const id = identify("r1");
  for (int number = 0; number < 10; ++number) {
    db.register_producer(id, "t" + std::to_string(number), "");
  }
  EXPECT_EQ(next().size(), 11U);
  db.unregister_topic(id, "t0");
  bool once = true;
  EXPECT_EQ(rows_of(stored.collect(4,
                                   [&] {
                                     if (std::exchange(once, false)) {
                                       db.delete_topic("t9");
                                     }
                                   })),
            lines{});
  auto const rows = next();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows.front(), "-t9");
  EXPECT_EQ(rows.back().find("t9"), std::string::npos);
}

TEST_F(recorder_test, a_transaction_that_begins_anew_goes_on_until_every_producer_is_in_it) {
  auto const id = identify("r1");
  for (int number = 0; number < 10; ++number) {
    db.register_producer(id, "t" + std::to_string(number), "");
  }
  stored.changes.note_all();
  auto const torn = stored.collect(4, [&, number = 0]() mutable {
    db.register_producer(id, "v", "c" + std::to_string(number++));
  });
  EXPECT_TRUE(torn.begins_anew);
  EXPECT_FALSE(torn.is_complete);
  EXPECT_TRUE(torn.producers.empty());
  auto const last = stored.collect();
  EXPECT_FALSE(last.begins_anew);
  EXPECT_TRUE(last.is_complete);
  EXPECT_EQ(last.producers.size(), 1U);
}

TEST_F(recorder_test, note_all_notes_what_there_is_and_forgets_what_is_gone) {
  auto const id = identify("r1");
  identify("r2");
  db.register_producer(id, "t", "c");
  db.create_topic("u");
  EXPECT_EQ(next().size(), 4U);
  db.remove_producer(id);
  db.delete_topic("u");
  stored.changes.note_all();
  auto const all = stored.collect();
  EXPECT_TRUE(all.begins_anew);
  EXPECT_TRUE(all.is_complete);
  EXPECT_EQ(rows_of(all), (lines{R"(t=["c"])", "r2={}{}"}));
  EXPECT_FALSE(stored.changes.has_notes());
}

TEST_F(recorder_test, note_all_begins_an_unfinished_batch_again) {
  identify("r1");
  identify("r2");
  batch unfinished;
  EXPECT_FALSE(stored.changes.collect(db, 1, unfinished));
  stored.changes.note_all();
  while (!stored.changes.collect(db, 1, unfinished)) {
  }
  EXPECT_TRUE(unfinished.begins_anew);
  auto rows = rows_of(unfinished);
  std::ranges::sort(rows);
  EXPECT_EQ(rows, (lines{"r1={}{}", "r2={}{}"}));
}

TEST_F(recorder_test, a_batch_ends_when_it_is_full) {
  constexpr std::size_t mebibyte = std::size_t{1} << 20U;
  for (int number = 0; number < 10; ++number) {
    auto large = peer("r" + std::to_string(number));
    large.hostname.assign(mebibyte, 'h');
    static_cast<void>(db.add_producer(large, at(1)));
  }
  stored.changes.note_all();
  std::size_t rows = 0;
  for (int number = 0; number < 3; ++number) {
    auto const part = stored.collect();
    EXPECT_LE(part.size(), 5 * mebibyte);
    EXPECT_EQ(part.begins_anew, number == 0);
    EXPECT_EQ(part.is_complete, number == 2);
    EXPECT_EQ(stored.changes.has_notes(), number != 2);
    rows += part.producers.size();
  }
  EXPECT_EQ(rows, 10U);
}

TEST_F(recorder_test, a_full_batch_that_does_not_begin_anew_is_complete) {
  constexpr std::size_t mebibyte = std::size_t{1} << 20U;
  for (int number = 0; number < 5; ++number) {
    auto large = peer("r" + std::to_string(number));
    large.hostname.assign(mebibyte, 'h');
    static_cast<void>(db.add_producer(large, at(1)));
  }
  auto const first = stored.collect();
  EXPECT_TRUE(first.is_complete);
  EXPECT_EQ(first.producers.size(), 4U);
  EXPECT_EQ(stored.collect().producers.size(), 1U);
}

TEST_F(recorder_test, the_revision_is_that_of_the_end) {
  identify("r1");
  EXPECT_EQ(stored.collect().revision, db.revision());
}

}  // namespace
}  // namespace nsqlookupd::store
